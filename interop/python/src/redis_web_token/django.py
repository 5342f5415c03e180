"""Django: a middleware for all views, and a decorator for some."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse

try:
    # It also knows the mark of Django's async class-based views.
    from asgiref.sync import iscoroutinefunction
except ImportError:  # asgiref before 3.6
    from asyncio import iscoroutinefunction

from .check import known_options
from .errors import MiddlewareMissingError
from .request.adapter import Adapter
from .request.answers import CONTENT_TYPE, RequestRefusedError, SignedIn, SignedOut
from .request.requirement import Requirement, read_requirement
from .request.source import RequestSource, encoded_path
from .service import Rwt
from .session import Session, SessionList
from .steps import Operation

View = Callable[..., Any]
_Found = tuple[Session | None, tuple[str, ...] | None]

# The mark of views that the middleware leaves alone.
_NOT_REQUIRED = "_rwt_not_required"
# Where a request keeps what each DjangoAuth has found: the session, and which tokens later calls used at that time.
# `request.session` is Django's own.
_FOUND = "_rwt_found"
# Where a request keeps what later calls need.
_MEMORY = "_rwt_memory"


class DjangoAuth(Adapter[Rwt]):
    """Authenticates Django's requests.

    The calls raise `RequestRefusedError` if the request is refused; the middleware answers it.

    `MIDDLEWARE` names `middleware`. Every view then needs a live session, except those with `not_required`. With `optional`, only
    the views with `required` need one:

        # shop/auth.py
        auth = DjangoAuth(Rwt(redis=…, secret=…), carriers=["cookie"])
        middleware = auth.middleware  # "shop.auth.middleware" in settings.MIDDLEWARE
    """

    _kind = Rwt

    def middleware(self, get_response: Callable[[HttpRequest], HttpResponse]) -> "RwtMiddleware":
        """Verifies requests before their views, and answers the refused ones."""
        return RwtMiddleware(self, get_response)

    def not_required(self, view: View) -> View:
        """Marks a view that the middleware leaves alone, such as a sign-in, or a sign-out, which clears the cookie in an outage."""
        setattr(view, _NOT_REQUIRED, True)
        return view

    def required(self, view: View) -> View:
        """Lets only requests with a live session come to a view, which may be async."""
        return self._guarded(view, None)

    @known_options("requires' options")
    def requires(
        self,
        *,
        max_age: int | None = None,
        amr: Sequence[str] | None = None,
        acr: Sequence[str] | None = None,
    ) -> Callable[[View], View]:
        """As `required`, and the user must have signed in or stepped up (RFC 9470): at most `max_age` seconds ago, by all methods
        `amr`, at one of the levels `acr`.
        """
        requirement = read_requirement({"max_age": max_age, "amr": amr, "acr": acr})
        return lambda view: self._guarded(view, requirement)

    def _guarded(self, view: View, requirement: Requirement | None) -> View:
        def refuse_or_none(request: HttpRequest) -> HttpResponse | None:
            session, tokens = _found_in(request).get(self, (None, None))
            # A sign-in or sign-out since then has left other tokens.
            if session is None or tokens is not self._auth.newest(source_of(request)):
                return self._refuse_or_keep(request, lambda source: self._auth.required(source, requirement))
            try:
                if requirement is not None:
                    self._auth.step_up_unless(session, requirement)
            except RequestRefusedError as refused:
                return response_of(refused)
            return None

        if _is_async(view):

            @functools.wraps(view)
            async def checked_async(request: HttpRequest, *args: Any, **named: Any) -> Any:
                refused = await sync_to_async(refuse_or_none)(request)
                return refused or with_no_store(await view(request, *args, **named))

            return checked_async

        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **named: Any) -> Any:
            return refuse_or_none(request) or with_no_store(view(request, *args, **named))

        return checked

    def _refuse_or_keep(
        self, request: HttpRequest, authenticate: Callable[[RequestSource], Operation[Session | None]]
    ) -> HttpResponse | None:
        source = source_of(request)
        try:
            session = self.rwt.run(authenticate(source))
        except RequestRefusedError as refused:
            return response_of(refused)
        setattr(request, _FOUND, _found_in(request) | {self: (session, self._auth.newest(source))})
        return None

    def session(self, request: HttpRequest) -> Session | None:
        """The session that `middleware` or `required` has found; None without one, which only `optional` allows."""
        if self not in _found_in(request):
            raise MiddlewareMissingError("auth.session needs auth.middleware or auth.required before it")
        return _found_in(request)[self][0]

    @known_options("authenticate's options")
    def authenticate(self, request: HttpRequest, *, require: dict[str, Any] | None = None) -> Session | None:
        """The live session of the token that a request carries; None instead of a 401 with `optional`.

        `require` asks for a recent or stronger sign-in: `{"max_age": 300, "amr": ["otp"], "acr": […]}`.
        """
        return self.rwt.run(self._auth.authenticate(source_of(request), require))

    @known_options("sign_in's options")
    def sign_in(
        self,
        request: HttpRequest,
        data: Any,
        *,
        persistent: bool | None = None,
        expire: int | None = None,
        max_lifetime: int | None = None,
        subject: str | None = None,
        meta: dict[str, Any] | None = None,
        auth: Mapping[str, Any] | None = None,
        act: dict[str, Any] | None = None,
    ) -> SignedIn:
        """Starts a session, and ends those that the request came with (session fixation; OWASP ASVS 7.2.4).

        Add the result to your response with `add_to`. `persistent` is "remember me": whether the cookie survives when the browser
        is closed.
        """
        operation = self._auth.sign_in(
            source_of(request),
            data,
            persistent=persistent,
            expire=expire,
            max_lifetime=max_lifetime,
            subject=subject,
            meta=meta,
            auth=auth,
            act=act,
        )
        return self.rwt.run(operation)

    def reauthenticate(self, request: HttpRequest, auth: Mapping[str, Any]) -> SignedIn:
        """Records that the request's user has just proved again who they are (step-up), and replaces the token (OWASP ASVS 7.2.4).

        The old token ends at once. `auth` replaces what the session held: give all methods that the user has used.
        """
        return self.rwt.run(self._auth.reauthenticate(source_of(request), auth))

    def sign_out(self, request: HttpRequest) -> SignedOut:
        """Ends the session that the request came with, and clears the cookie."""
        return self.rwt.run(self._auth.sign_out(source_of(request)))

    def sign_out_everywhere(self, request: HttpRequest) -> SignedOut:
        """Ends all sessions of the request's subject, its own too, and clears the cookie (OWASP ASVS 7.4.3)."""
        return self.rwt.run(self._auth.sign_out_everywhere(source_of(request)))

    @known_options("rotate_session's options")
    def rotate_session(self, request: HttpRequest, *, grace: int | None = None, retry: bool = True) -> SignedIn:
        """Replaces the request's token, for the same session. By default the old token works for 10 more seconds."""
        return self.rwt.run(self._auth.rotate_session(source_of(request), grace=grace, retry=retry))

    @known_options("list_sessions' options")
    def list_sessions(self, request: HttpRequest, *, limit: int = 100, cursor: str | None = None) -> SessionList:
        """Lists the live sessions of the request's subject, and marks its own as current (OWASP ASVS 7.5.2)."""
        return self.rwt.run(self._auth.list_sessions(source_of(request), limit=limit, cursor=cursor))

    def end_other_sessions(self, request: HttpRequest) -> bool:
        """Ends every other session of the request's subject: "sign out everywhere else" (OWASP ASVS 7.4.3)."""
        return self.rwt.run(self._auth.end_other_sessions(source_of(request)))


class RwtMiddleware:
    """What `DjangoAuth.middleware` makes. Under ASGI, Django runs it in a thread."""

    def __init__(self, auth: DjangoAuth, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._auth = auth
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        return with_no_store(response) if hasattr(request, _FOUND) else response

    def process_view(self, request: HttpRequest, view: View, *_: object) -> HttpResponse | None:
        """Django calls it once it knows the view."""
        if getattr(view, _NOT_REQUIRED, False):
            return None
        return self._auth._refuse_or_keep(request, self._auth._auth.authenticate)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answers what a view's own call refused."""
        return response_of(error) if isinstance(error, RequestRefusedError) else None


def _found_in(request: HttpRequest) -> dict[DjangoAuth, _Found]:
    return getattr(request, _FOUND, {})


def _is_async(view: View) -> bool:
    """Also a method of an async class-based view as `method_decorator` gives it: `dispatch` itself isn't async."""
    owner = getattr(getattr(view, "func", view), "__self__", None)
    return iscoroutinefunction(view) or getattr(owner, "view_is_async", False) is True


def source_of(request: HttpRequest) -> RequestSource:
    """The parts of a request that matter."""
    headers = tuple((name.lower(), value) for name, value in request.headers.items())
    path = encoded_path(request.path.replace("%", "%25"))
    memory = request.__dict__.setdefault(_MEMORY, {})
    return RequestSource(request.method or "GET", path, headers, memory=memory)


def response_of(refused: RequestRefusedError) -> HttpResponse:
    """The answer to a refused request."""
    response = HttpResponse(refused.body, status=refused.status, content_type=CONTENT_TYPE)
    for name, value in refused.headers.items():
        response[name] = value
    return response


def with_no_store(response: HttpResponse) -> HttpResponse:
    # OWASP ASVS 14.3.2.
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response
