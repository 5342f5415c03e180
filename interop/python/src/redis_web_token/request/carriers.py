"""Reads a request's tokens, without verifying them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import StoreUnavailableError
from ..session import Session
from ..steps import Operation
from ..memo import Opened
from ..verify import Parts, verify
from .answers import RequestRefusedError, outage, refusal
from .options import AuthSettings
from .source import BEARER, RequestSource, cookies_named, is_cross_site

# The most sessions that one request can verify or end, since each genuine token costs a command.
_MOST_TOKENS = 4


@dataclass(frozen=True, slots=True, repr=False)
class Carried:
    """The tokens that a request carries."""

    # Distinct tokens of all carriers, without those known to be dead. Once they are verified, the live one is the first.
    tokens: tuple[str, ...]
    # The tokens of the carrier that decides, in their order: one of them has to be live.
    deciding: tuple[str, ...]
    # Whether the cookie decides. Also true if there is no token at all.
    is_cookie: bool
    # None if none of them is live, or they haven't been verified.
    session: Session | None = None


def read_request(parts: Parts, source: RequestSource, settings: AuthSettings) -> Carried:
    """Raises RequestRefusedError for a token that is sent in two ways, and for another site's page."""
    bearer = BEARER.match(source.get("authorization") or "") if "bearer" in settings.carriers else None
    own = source.get(settings.header) if "header" in settings.carriers else None
    cookie, origins = settings.cookie, settings.origins
    # A client must not send a token in two ways (RFC 6750 §2). A cookie doesn't count, since the browser adds it.
    if bearer and (own or not bearer[1]):
        raise refusal(settings, "invalid_request")
    # Pages can't send these headers to another origin, unless it allows them (CORS). Check requests without a token too: they may
    # be a sign-in.
    if cookie and origins is not None and not bearer and not own:
        if is_cross_site(source, origins, settings.paths):
            raise refusal(settings, "cross_site")
    cookies: Sequence[str] = ()
    if cookie:
        cookies = cookies_worth_asking(parts, cookies_named(cookie.name, source.get("cookie") or ""))
    found = {"bearer": [bearer[1]] if bearer else [], "header": [own] if own else [], "cookie": cookies}
    carriers = [tuple(found[carrier]) for carrier in settings.carriers]
    deciding = next(filter(None, carriers), ())
    tokens = dict.fromkeys(token for carrier in carriers for token in carrier)
    return Carried(tuple(tokens)[:_MOST_TOKENS], deciding, deciding == tuple(cookies))


def cookies_worth_asking(parts: Parts, tokens: Sequence[str]) -> Sequence[str]:
    """The first few of several tokens, in their order. Genuine ones come first, so that forged ones don't displace them.

    Of one session, only the newest token counts: an older one, left over in a cookie with another path, would look stolen.
    """
    if len(tokens) < 2:
        return tokens
    genuine: dict[str, tuple[Opened, str]] = {}
    others: dict[str, None] = {}
    for token in tokens:
        opened = parts.open(token)
        if opened is None:
            others[token] = None
        elif opened.session not in genuine or opened.generation >= genuine[opened.session][0].generation:
            genuine[opened.session] = (opened, token)
    return [*(token for _, token in genuine.values()), *others][:_MOST_TOKENS]


def check_tokens(parts: Parts, carried: Carried, settings: AuthSettings) -> Operation[Carried]:
    """Verifies the tokens that decide, one after another, until one is live. Raises RequestRefusedError if none is."""
    dead = 0
    session: Session | None = None
    try:
        for token in carried.deciding:
            session = yield from verify(parts, token)
            if session is not None:
                break
            dead += 1
    except StoreUnavailableError as failure:
        error = outage(settings, failure)
    else:
        if session is not None or settings.optional:
            return replace(carried, tokens=carried.tokens[dead:], session=session)
        error = _dead(settings, carried)
    raise error


def _dead(settings: AuthSettings, carried: Carried) -> RequestRefusedError:
    if not carried.deciding:
        return refusal(settings)
    return invalid_token(settings, carried)


def invalid_token(settings: AuthSettings, carried: Carried) -> RequestRefusedError:
    error = refusal(settings, "invalid_token")
    if settings.cookie is not None and carried.is_cookie:
        error.drop_cookie = settings.cookie.header("")
    return error
