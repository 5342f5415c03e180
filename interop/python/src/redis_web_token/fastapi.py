"""FastAPI's dependency: `session: Session = Depends(auth)`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import FastAPI, Response, WebSocket
from starlette.requests import HTTPConnection

from .asgi import POLICY_VIOLATION, AsgiAuth, source_of
from .check import known_options
from .request.answers import CONTENT_TYPE, RequestRefusedError
from .request.requirement import read_requirement
from .session import Session


class RwtAuth(AsgiAuth):
    """Authenticates a route's requests. Call `install` once, so that refused requests get their answers.

        auth = RwtAuth(AsyncRwt(redis=…, secret=…), carriers=["bearer", "cookie"])
        auth.install(app)

        @app.get("/me")
        async def me(session: Session = Depends(auth)): ...
    """

    async def __call__(self, connection: HTTPConnection, response: Response) -> Session | None:
        return _with_no_store(response, await self.authenticate(connection))

    @known_options("requires' options")
    def requires(
        self,
        *,
        max_age: int | None = None,
        amr: Sequence[str] | None = None,
        acr: Sequence[str] | None = None,
    ) -> Callable[[HTTPConnection, Response], Awaitable[Session | None]]:
        """A dependency: the user must have signed in or stepped up (RFC 9470) at most `max_age` seconds ago, by all methods `amr`,
        at one of the levels `acr`.

            @app.post("/delete-account")
            async def delete_account(session: Session = Depends(auth.requires(max_age=300))): ...
        """
        requirement = read_requirement({"max_age": max_age, "amr": amr, "acr": acr})

        async def required(connection: HTTPConnection, response: Response) -> Session | None:
            session = await self.rwt.run(self._auth.required(source_of(connection), requirement))
            return _with_no_store(response, session)

        return required

    def install(self, app: FastAPI) -> None:
        """Answers refused requests: 400, 401, 403 and 503, as in every language."""
        app.add_exception_handler(RequestRefusedError, _answer)


def _with_no_store(response: Response, session: Session | None) -> Session | None:
    # OWASP ASVS 14.3.2. A route that returns a Response of its own sets it itself.
    response.headers["Cache-Control"] = "no-store"
    return session


async def _answer(connection: Any, refused: Any) -> Response | None:
    if isinstance(connection, WebSocket):
        await connection.close(POLICY_VIOLATION)
        return None
    headers = {**refused.headers, "Content-Type": CONTENT_TYPE}
    return Response(refused.body, refused.status, headers=headers)
