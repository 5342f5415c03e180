"""The session cookie. It is always `HttpOnly`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..check import boolean, known_members, range_error, text_like, type_error

# The longest that browsers keep a cookie, in seconds: 400 days (RFC 6265bis §5.5).
MAX_COOKIE_AGE = 400 * 86_400

_DEFAULTS: dict[str, Any] = {
    "name": "__Host-rwt",
    "domain": "",
    "path": "/",
    "same_site": None,
    "secure": True,
    "persistent": True,
    "partitioned": False,
}


@dataclass(frozen=True, slots=True)
class CookieSettings:
    """The attributes of the cookie, checked."""

    name: str
    # Empty for this host only.
    domain: str
    path: str
    same_site: str
    secure: bool
    # Whether it survives when the browser is closed, until the session's deadline.
    persistent: bool
    partitioned: bool

    def header(self, token: str, seconds_left: int = 0) -> str:
        """The value of a `Set-Cookie` header. An empty token clears the cookie, for which browsers need the same attributes."""
        parts = [f"{self.name}={token}"]
        if self.persistent or not token:
            parts.append(f"Max-Age={min(seconds_left, MAX_COOKIE_AGE)}")
        if self.domain:
            parts.append(f"Domain={self.domain}")
        parts += [f"Path={self.path}", "HttpOnly"]
        if self.secure:
            parts.append("Secure")
        parts.append(f"SameSite={self.same_site}")
        if self.partitioned:
            parts.append("Partitioned")
        return "; ".join(parts)

    def kept(self, persistent: object) -> "CookieSettings":
        """The cookie as a user chose at sign-in ("remember me"), if there was a choice."""
        return replace(self, persistent=persistent) if isinstance(persistent, bool) else self


def read_cookie(options: object) -> CookieSettings:
    """Checks the options of a cookie: name, domain, path, same_site, secure, persistent, partitioned."""
    if not isinstance(options, Mapping):
        raise type_error("cookie", "an object", options)
    known_members("cookie", options, [*_DEFAULTS])
    given = _DEFAULTS | {name: value for name, value in options.items() if value is not None}
    # A partitioned cookie is meant for iframes of other sites.
    default = "None" if given["partitioned"] else "Lax"
    cookie = CookieSettings(
        name=text_like(r"[\w!#$%&'*+.^`|~-]+", "cookie.name", given["name"], "be a token of RFC 6265"),
        path=text_like("/[ -:<-~]*", "cookie.path", given["path"], 'begin with "/", without ;'),
        domain=text_like(r"[\w.-]*", "cookie.domain", given["domain"], "be a host name"),
        same_site=text_like(
            "Strict|Lax|None", "cookie.same_site", given["same_site"] or default, "be Strict, Lax or None"
        ),
        secure=boolean("cookie.secure", given["secure"]),
        persistent=boolean("cookie.persistent", given["persistent"]),
        partitioned=boolean("cookie.partitioned", given["partitioned"]),
    )
    # Browsers ignore the case of the prefixes (RFC 6265bis §5.4).
    name = cookie.name.lower()
    if name.startswith("__host-") and (cookie.domain or cookie.path != "/" or not cookie.secure):
        must = "not begin with __Host- with domain, path or secure: false: use __Secure-rwt, or rwt over HTTP"
        raise range_error("cookie.name", must)
    if not cookie.secure and (cookie.same_site == "None" or cookie.partitioned or name.startswith("__secure-")):
        raise range_error("cookie.secure", "be true for None, partitioned or __Secure-")
    return cookie
