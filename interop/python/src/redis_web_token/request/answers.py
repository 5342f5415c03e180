"""What to answer to a request: RFC 6750's refusals, and the headers after a sign-in or sign-out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from ..errors import RwtError, StoreUnavailableError
from .options import AuthSettings
from .requirement import Requirement

AuthErrorCode = Literal["invalid_request", "invalid_token", "insufficient_user_authentication", "cross_site"]

CONTENT_TYPE = "text/plain;charset=UTF-8"

_REFUSALS: dict[str, tuple[int, str]] = {
    "invalid_token": (401, "Not a live token"),
    "invalid_request": (400, "Send one token"),
    "cross_site": (403, "Cross-site: see csrf.origins"),
}


class RequestRefusedError(RwtError):
    """A request is refused. Answer with `status`, `headers` and, as text, `body`.

    - `status`: 400, the token is carried wrongly; 401, none is live, or its user has to step up; 403, a page of another origin may
      have sent it; 503, Redis is out
    - `error`: the code of RFC 6750 §3.1 or RFC 9470 §3, or `"cross_site"`; None without a token, and for an outage
    - `drop_cookie`: a `Set-Cookie` that drops a dead cookie. Only for pages that a user opens: a late answer drops a newer cookie
      too
    """

    code = "ERR_RWT_REQUEST_REFUSED"

    def __init__(self, status: int, body: str, headers: dict[str, str], error: AuthErrorCode | None) -> None:
        super().__init__(body)
        self.status = status
        self.body = body
        self.headers = headers
        self.error = error
        self.drop_cookie: str | None = None


AnyResponse = TypeVar("AnyResponse")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new token, and the headers that your response needs: `Cache-Control` and, if the cookie is a carrier, `Set-Cookie`."""

    token: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)

    def add_to(self, response: AnyResponse) -> AnyResponse:
        """Adds the headers to a response of Starlette, FastAPI or Django, and returns it. It keeps the cookies of others."""
        return add_headers(response, self.headers)


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Whether there was a session to end, and the headers that your response needs."""

    ended: bool
    headers: dict[str, str]

    def add_to(self, response: AnyResponse) -> AnyResponse:
        """As in `SignedIn`."""
        return add_headers(response, self.headers)


def add_headers(response: AnyResponse, headers: Mapping[str, str]) -> AnyResponse:
    target: Any = response
    for name, value in headers.items():
        if name != "Set-Cookie":
            target.headers[name] = value
        elif hasattr(target.headers, "append"):
            target.headers.append(name, value)
        else:
            _add_to_django(target, value)
    return response


def _add_to_django(response: Any, cookie: str) -> None:
    """By Django's own cookies, which its test client reads too. They know `Partitioned` only from Python 3.14 on."""
    name = cookie.partition("=")[0]
    response.cookies.pop(name, None)
    response.cookies.load(cookie)
    if name not in response.cookies:
        response.headers["Set-Cookie"] = cookie


def answer_headers(set_cookie: str | None) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if set_cookie is not None:
        headers["Set-Cookie"] = set_cookie
    return headers


def refusal(settings: AuthSettings, error: AuthErrorCode | None = None) -> RequestRefusedError:
    """400 and 401 get a challenge, without an error code if there is no token (RFC 6750 §3.1). 403 doesn't."""
    status, text = (401, "Unauthorized") if error is None else _REFUSALS[error]
    code = "" if error is None else f', error="{error}", error_description="{text}"'
    headers = {"Cache-Control": "no-store"}
    if status < 403:
        headers["WWW-Authenticate"] = f'Bearer realm="{settings.realm}"{code}'
    return RequestRefusedError(status, text, headers, error)


def step_up(settings: AuthSettings, required: Requirement) -> RequestRefusedError:
    """The session lives on, and its user has to prove something first (RFC 9470 §3)."""
    error: AuthErrorCode = "insufficient_user_authentication"
    code = f'error="{error}", error_description="{required.text}"{required.challenge}'
    challenge = {"WWW-Authenticate": f'Bearer realm="{settings.realm}", {code}'}
    return RequestRefusedError(401, required.text, {"Cache-Control": "no-store", **challenge}, error)


def outage(settings: AuthSettings, cause: StoreUnavailableError) -> RequestRefusedError:
    """The client should keep its token and retry."""
    headers = {"Cache-Control": "no-store", "Retry-After": str(settings.retry_after)}
    failure = RequestRefusedError(503, "Service Unavailable", headers, None)
    failure.__cause__ = cause
    return failure
