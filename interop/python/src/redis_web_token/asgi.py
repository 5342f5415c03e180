"""Authenticates requests in any ASGI framework, such as Starlette: by calls, or by a middleware."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from .aio import AsyncRwt
from .check import array, known_options, type_error
from .request.adapter import Adapter
from .request.answers import CONTENT_TYPE, RequestRefusedError, SignedIn, SignedOut
from .request.source import RequestSource, encoded_path
from .session import Session, SessionList

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# The WebSocket close code for a violated policy (RFC 6455 §7.4.1).
POLICY_VIOLATION = 1008

# Where a scope keeps what later calls need.
_MEMORY = "redis_web_token"


class AsgiAuth(Adapter[AsyncRwt]):
    """Authenticates ASGI requests. Each call takes a scope, or an object that has one, such as Starlette's `Request`.

    The calls raise `RequestRefusedError` if the request is refused; `RwtMiddleware` turns that into the answer.
    """

    _kind = AsyncRwt

    @known_options("authenticate's options")
    async def authenticate(self, request: Any, *, require: dict[str, Any] | None = None) -> Session | None:
        """The live session of the token that a request carries. It takes one round trip, and none for a forged token.

        With `optional`, it is None instead of a 401. A WebSocket of another site's page is refused too. `require` asks for a recent
        or stronger sign-in: `{"max_age": 300, "amr": ["otp"], "acr": […]}`.
        """
        return await self.rwt.run(self._auth.authenticate(source_of(request), require))

    @known_options("sign_in's options")
    async def sign_in(
        self,
        request: Any,
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
        return await self.rwt.run(operation)

    async def reauthenticate(self, request: Any, auth: Mapping[str, Any]) -> SignedIn:
        """Records that the request's user has just proved again who they are (step-up), and replaces the token (OWASP ASVS 7.2.4).

        The old token ends at once. `auth` replaces what the session held: give all methods that the user has used.
        """
        return await self.rwt.run(self._auth.reauthenticate(source_of(request), auth))

    async def sign_out(self, request: Any) -> SignedOut:
        """Ends the session that the request came with, and clears the cookie."""
        return await self.rwt.run(self._auth.sign_out(source_of(request)))

    async def sign_out_everywhere(self, request: Any) -> SignedOut:
        """Ends all sessions of the request's subject, its own too, and clears the cookie (OWASP ASVS 7.4.3)."""
        return await self.rwt.run(self._auth.sign_out_everywhere(source_of(request)))

    @known_options("rotate_session's options")
    async def rotate_session(self, request: Any, *, grace: int | None = None, retry: bool = True) -> SignedIn:
        """Replaces the request's token, for the same session. By default the old token works for 10 more seconds."""
        operation = self._auth.rotate_session(source_of(request), grace=grace, retry=retry)
        return await self.rwt.run(operation)

    @known_options("list_sessions' options")
    async def list_sessions(self, request: Any, *, limit: int = 100, cursor: str | None = None) -> SessionList:
        """Lists the live sessions of the request's subject, and marks its own as current (OWASP ASVS 7.5.2)."""
        operation = self._auth.list_sessions(source_of(request), limit=limit, cursor=cursor)
        return await self.rwt.run(operation)

    async def end_other_sessions(self, request: Any) -> bool:
        """Ends every other session of the request's subject: "sign out everywhere else" (OWASP ASVS 7.4.3)."""
        return await self.rwt.run(self._auth.end_other_sessions(source_of(request)))


class RwtMiddleware:
    """Verifies every request of an app, and answers the refused ones.

    The session is at `scope["state"]["session"]`: `request.state.session` in Starlette and FastAPI. Responses without a
    `Cache-Control` get `no-store` (OWASP ASVS 14.3.2).

    Name the paths of sign-in and sign-out in `not_required`: they need no session, and a sign-out clears the cookie even while
    Redis is out. If calls in these routes raise `RequestRefusedError`, the middleware answers it.
    """

    def __init__(self, app: App, auth: AsgiAuth, not_required: Sequence[str] = ()) -> None:
        self._app = app
        self._auth = auth
        self._not_required = frozenset(array("not_required", not_required))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        last = ""

        async def send_and_note(message: Message) -> None:
            nonlocal last
            last = message["type"]
            if message["type"] == "http.response.start":
                message = with_no_store(message)
            await send(message)

        refused: RequestRefusedError
        try:
            if scope["path"] not in self._not_required:
                session = await self._auth.authenticate(scope)
                scope.setdefault("state", {})["session"] = session
            return await self._app(scope, receive, send_and_note)
        except RequestRefusedError as error:
            is_open_socket = last in ("websocket.accept", "websocket.send")
            if last and not is_open_socket:
                raise
            refused = error
        if is_open_socket:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await send_refusal(refused, scope, send)


def source_of(request: Any) -> RequestSource:
    """The parts of a request that matter."""
    scope: Scope = getattr(request, "scope", request)
    if not isinstance(scope, MutableMapping) or "headers" not in scope:
        raise type_error("request", "an ASGI scope, or a request that has one", request)
    raw = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else encoded_path(scope["path"].replace("%", "%25"))
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    is_upgrade = scope["type"] == "websocket"
    return RequestSource(scope.get("method", "GET"), path, headers, is_upgrade, scope.setdefault(_MEMORY, {}))


def with_no_store(message: Message) -> Message:
    headers = [*message.get("headers", ())]
    if any(name.lower() == b"cache-control" for name, _ in headers):
        return message
    return {**message, "headers": [*headers, (b"cache-control", b"no-store")]}


async def send_refusal(refused: RequestRefusedError, scope: Scope, send: Send) -> None:
    kind = "http"
    if scope["type"] == "websocket":
        # Without this extension, the server answers every refused handshake with 403.
        if "websocket.http.response" not in scope.get("extensions", {}):
            return await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        kind = "websocket.http"
    body = refused.body.encode()
    fields = {**refused.headers, "Content-Type": CONTENT_TYPE, "Content-Length": str(len(body))}
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": f"{kind}.response.start", "status": refused.status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": body})
