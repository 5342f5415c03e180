"""FastAPI's dependency: `session: Session = Depends(auth)`."""

from typing import Any

from fastapi import FastAPI, Response, WebSocket
from starlette.requests import HTTPConnection

from .asgi import POLICY_VIOLATION, AsgiAuth
from .request.answers import CONTENT_TYPE, RequestRefusedError
from .session import Session


class RwtAuth(AsgiAuth):
    """Authenticates a route's requests. Call `install` once, so that refused requests get their answers.

        auth = RwtAuth(AsyncRwt(redis=…, secret=…), carriers=["bearer", "cookie"])
        auth.install(app)

        @app.get("/me")
        async def me(session: Session = Depends(auth)): ...
    """

    async def __call__(self, connection: HTTPConnection, response: Response) -> Session | None:
        session = await self.authenticate(connection)
        # OWASP ASVS 14.3.2. A route that returns a Response of its own sets it itself.
        response.headers["Cache-Control"] = "no-store"
        return session

    def install(self, app: FastAPI) -> None:
        """Answers refused requests: 400, 401, 403 and 503, as in every language."""
        app.add_exception_handler(RequestRefusedError, _answer)


async def _answer(connection: Any, refused: Any) -> Response | None:
    if isinstance(connection, WebSocket):
        await connection.close(POLICY_VIOLATION)
        return None
    headers = {**refused.headers, "Content-Type": CONTENT_TYPE}
    return Response(refused.body, refused.status, headers=headers)
