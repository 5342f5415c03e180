"""Origins, in the form that browsers send (RFC 6454)."""

import ipaddress
import re
from urllib.parse import quote

# A scheme and a host, with only the characters that an Origin header may have (RFC 6454 §7). `app://.` is Electron's. No page's
# origin has the scheme ws, wss, ftp or file.
_SHAPE = re.compile(
    r"(?!(?:wss?|ftp|file):|.*/\.\w)([a-z][a-z\d+.-]*)://([^\s!-,/;-@\\^`{-~\x00-\x20\x7f-\xa0]+)", re.IGNORECASE | re.ASCII
)
_PORT = re.compile(r"(.*?)(?::(\d*))?", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Python's Punycode is that of 2003, which makes "fass.de" of "faß.de". To browsers these are two sites (UTS #46).
_DEVIATIONS = re.compile("[ßς\u200c\u200d]")
# A name whose last part is a number is an address.
_ADDRESS = re.compile(r"(?:.*\.)?(?:\d+|0x[\da-f]*)", re.ASCII)


def origin_of(text: str) -> str | None:
    """Normalizes an origin to lower case, an international name in Punycode, without a default port or a dot at the end.

    None for text that no browser sends as an origin, and for `null`, the origin of every sandboxed page.
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    scheme = found[1].lower()
    split = _PORT.fullmatch(found[2])
    if split is None:
        return None
    host = split[1].removesuffix(".").lower()
    port = int(split[2]) if split[2] else None
    if port is not None and port > 65535:
        return None
    normal = _web_host(host) if scheme in _DEFAULT_PORTS else _opaque_host(host, port)
    if normal is None:
        return None
    is_default = port is None or port == _DEFAULT_PORTS.get(scheme)
    return f"{scheme}://{normal}" + ("" if is_default else f":{port}")


def _web_host(host: str) -> str | None:
    if host.startswith("["):
        return _ipv6(host)
    if not host or "[" in host or "]" in host or ":" in host:
        return None
    try:
        if not host.isascii():
            host = "" if _DEVIATIONS.search(host) else host.encode("idna").decode().lower()
        return str(ipaddress.IPv4Address(host)) if _ADDRESS.fullmatch(host) else host or None
    except (UnicodeError, ValueError):
        return None


def _opaque_host(host: str, port: int | None) -> str | None:
    """Of other schemes, such as an app's. It may be empty, without a port."""
    if host.startswith("["):
        return _ipv6(host)
    if "[" in host or "]" in host or ":" in host or (host == "" and port is not None):
        return None
    return "".join(each if each.isascii() else quote(each).lower() for each in host)


def _ipv6(host: str) -> str | None:
    try:
        return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]" if host.endswith("]") else None
    except ValueError:
        return None
