"""The parts of a request that tell what it carries, and which page sent it."""

import re
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import quote

from .origin import origin_of

# What `URL` leaves as it is in a path; everything else is percent-encoded.
_PATH_CHARACTERS = "/:@!$&'()*+,;=%[]|\\~._-"


@dataclass(frozen=True, slots=True, repr=False)
class RequestSource:
    """A request, as any framework knows it."""

    method: str
    # As the request line has it: percent-encoded, without a query.
    path: str
    # Names in lower case, in their order.
    headers: tuple[tuple[str, str], ...]
    # Whether it opens a WebSocket, whatever its headers say.
    is_upgrade: bool = False
    # Kept with the request: the tokens that its later calls use.
    memory: MutableMapping[int, tuple[str, ...]] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """A header's value. Several of one name are joined."""
        values = [value.strip(" \t") for key, value in self.headers if key == name]
        return ("; " if name == "cookie" else ", ").join(values) if values else None


def encoded_path(path: str) -> str:
    """A path as URLs write it: "/rückruf" is "/r%C3%BCckruf" in a request."""
    return quote(path, safe=_PATH_CHARACTERS)


def is_cross_site(source: RequestSource, origins: Iterable[str], paths: Iterable[str]) -> bool:
    """Whether a page of another origin may have sent a request that changes something (CSRF; OWASP ASVS 3.5.1) or opens a
    WebSocket (RFC 6455 §10.2; ASVS 4.4.2).

    No page can forge `Origin` or `Sec-Fetch-Site`, so either is enough to refuse. A request without both doesn't come from a
    browser, but from curl or a service, which no page can control. `origins` are those of other pages that may, as `origin_of`
    writes them; `paths` are where requests of any page may come to, except to open a WebSocket.
    """
    method = source.method.upper()
    # A WebSocket handshake is a GET, and over HTTP/2 a CONNECT (RFC 8441). Over ws://, browsers send it without `Sec-Fetch-Site`.
    upgrade = source.get("upgrade") or ""
    opens_socket = source.is_upgrade or source.method == "CONNECT" or "websocket" in upgrade.lower()
    if method in ("GET", "HEAD", "OPTIONS") and not opens_socket:
        return False
    if not opens_socket and source.path in paths:
        return False
    sent = source.get("origin")
    origin = None if sent is None else origin_of(sent)
    if origin is not None and origin in origins:
        return False

    site = source.get("sec-fetch-site")
    # "none" is the user's own action, such as a bookmark. "same-site" is another host, which may belong to somebody else.
    if site and site not in ("same-origin", "none"):
        return True
    # A page's own requests may have no Origin, or "null" with `Referrer-Policy: no-referrer`. Without `Sec-Fetch-Site`, as in old
    # browsers, "null" may also be a page of another origin.
    if sent is None or (sent == "null" and site):
        return False

    # Ignore the scheme, since a proxy may change it, and so accept the default port of http and https.
    host = source.get("host") or ""
    own = {origin_of(f"http://{host}"), origin_of(f"https://{host}")} - {None}
    return origin is None or origin not in own


# RFC 6750 §2.1. It also matches the scheme without a valid token behind it. Its case doesn't matter (RFC 9110 §11.1).
BEARER = re.compile(r"bearer(?: +([\w.~+/-]+=*) *\Z|[\s\xa0]|\Z)", re.IGNORECASE | re.ASCII)


def cookies_named(name: str, header: str) -> list[str]:
    """The values of all cookies of one name, in their order.

    Browsers send several if their hosts or paths differ, the one with the longest path first (RFC 6265 §5.4). Clients may put
    blanks around names and values, and quotes around values (RFC 2965).
    """
    # Skip only blanks and tabs before a name: browsers treat other white space as part of it, so that any host could set such a
    # `__Host-rwt`. A semicolon ends a value even within quotes, and a comma doesn't (§4.2.1): otherwise one cookie's value could
    # smuggle in another cookie.
    pairs = rf'(?:^|;)[ \t]*{re.escape(name)}[ \t]*=[ \t]*"?([^\s\xa0;"]+)'
    return re.findall(pairs, header, re.ASCII)
