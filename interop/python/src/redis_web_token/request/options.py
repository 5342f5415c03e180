"""How to authenticate requests, in any framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..check import (
    array,
    boolean,
    known_members,
    range_error,
    text_like,
    type_error,
    well_formed_text,
    whole_number,
)
from .cookie import CookieSettings, read_cookie
from .origin import origin_of
from .source import encoded_path

# Seconds in the `Retry-After` of a 503, by default.
RETRY_AFTER = 5

# A header's name (RFC 9110 §5.6.2), except those that have a meaning of their own.
_OWN_HEADER = r"(?!(?i:authorization|cookie)\Z)[\w!#$%&'*+.^`|~-]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthSettings:
    """The options, checked, with defaults filled in."""

    # The carriers: bearer, cookie, header.
    carriers: tuple[str, ...]
    # In lower case.
    header: str
    # None if the cookie isn't a carrier.
    cookie: CookieSettings | None
    # The origins that may send requests, as `origin_of` returns them; None turns the CSRF check off.
    origins: tuple[str, ...] | None
    # Paths that are exempt from the CSRF check, as URLs write them.
    paths: tuple[str, ...]
    optional: bool
    realm: str
    retry_after: int


def read_auth_options(
    *,
    carriers: object = None,
    header: object = None,
    cookie: object = None,
    csrf: object = None,
    optional: object = False,
    realm: object = "api",
    retry_after: object = RETRY_AFTER,
) -> AuthSettings:
    chosen = [
        text_like("bearer|cookie|header", "carriers", carrier, "be bearer, cookie or header")
        for carrier in array("carriers", ["bearer"] if carriers is None else carriers)
    ]
    if not chosen:
        raise range_error("carriers", "not be empty")
    own = "x-access-token" if header is None else header
    name = text_like(_OWN_HEADER, "header", own, "be a header of your own")
    settings = read_cookie({} if cookie is None else cookie)
    origins, paths = _read_csrf(csrf)
    read = AuthSettings(
        carriers=tuple(chosen),
        header=name.lower(),
        cookie=settings if "cookie" in chosen else None,
        origins=origins,
        paths=paths,
        optional=boolean("optional", optional),
        realm=text_like(r"[ !#-\[\]-~]+", "realm", realm, "be ASCII without quotes"),
        retry_after=whole_number("retry_after", "seconds", retry_after),
    )
    # They would never be read or set: whoever names them means one of them to carry the token.
    for carrier, option in (("cookie", cookie), ("header", header)):
        if carriers is None and option is not None:
            raise range_error("carriers", f'name "{carrier}" if the option {carrier} is given')
    return read


def _read_csrf(csrf: object) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    given: Mapping[str, Any] = {}
    if csrf is not None and csrf is not False:
        if not isinstance(csrf, Mapping):
            raise type_error("csrf", "an object", csrf)
        given = csrf
    known_members("csrf", given, ["origins", "paths"])
    paths = [
        text_like("/[^?#]*", "csrf.paths", path, 'be paths such as "/callback"')
        for path in array("csrf.paths", given.get("paths", ()))
    ]
    origins = [_read_origin(each) for each in array("csrf.origins", given.get("origins", ()))]
    return None if csrf is False else tuple(origins), tuple(map(encoded_path, paths))


def _read_origin(value: object) -> str:
    origin = origin_of(well_formed_text("csrf.origins", value))
    if origin is not None:
        return origin
    raise range_error("csrf.origins", 'be origins such as "https://a.org"')
