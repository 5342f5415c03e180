"""The service for asyncio. Its calls do what those of `Rwt` do."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .aio_connection import AioConnection
from .changes import destroy, extend, reauthenticate, rotate, update
from .check import known_options
from .limit import OnLimit
from .lines import Encryption
from .listing import list_sessions
from .person import destroy_all, destroy_by_id, update_all
from .service import Service, ping
from .session import Session, SessionEvent, SessionList
from .settings import Secret, read_settings, read_timeout
from .signing import sign
from .steps import Operation
from .verify import verify

Result = TypeVar("Result")


class AsyncRwt(Service):
    """Signs, checks and ends tokens, on asyncio. Make one for each process.

    `redis` is a URL or a client of `redis.asyncio`. The `timeout` holds for both. The other options are those of `Rwt`.
    """

    @known_options("options")
    def __init__(
        self,
        *,
        redis: object,
        secret: Secret | Sequence[Secret] | None,
        expire: int | None = None,
        verify_extends_token: bool = False,
        max_lifetime: int = 30 * 86_400,
        prefix: str = "rwt:",
        timeout: int = 2000,
        encryption: Encryption | None = None,
        max_sessions: int | None = None,
        on_limit: OnLimit = "end_oldest",
        on_event: Callable[[SessionEvent], object] | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(
            read_settings(
                secret=secret,
                expire=expire,
                verify_extends_token=verify_extends_token,
                max_lifetime=max_lifetime,
                prefix=prefix,
                encryption=encryption,
                max_sessions=max_sessions,
                on_limit=on_limit,
                on_event=on_event,
                now=now,
            )
        )
        self._connection = AioConnection(redis, read_timeout(timeout))

    async def run(self, operation: Operation[Result]) -> Result:
        """Runs an operation of the library."""
        return await self._connection.run(operation)

    @known_options("sign's options")
    async def sign(
        self,
        data: Any,
        *,
        expire: int | None = None,
        max_lifetime: int | None = None,
        subject: str | None = None,
        meta: dict[str, Any] | None = None,
        auth: Mapping[str, Any] | None = None,
        act: dict[str, Any] | None = None,
        replaces: Sequence[str] = (),
    ) -> str:
        """See `Rwt.sign`."""
        operation = sign(
            self._parts,
            data,
            expire=expire,
            max_lifetime=max_lifetime,
            subject=subject,
            meta=meta,
            auth=auth,
            act=act,
            replaces=replaces,
        )
        return await self.run(operation)

    async def verify(self, token: str | None) -> Session | None:
        """See `Rwt.verify`."""
        return await self.run(verify(self._parts, token))

    @known_options("extend's options")
    async def extend(self, token: str | None, *, expire: int | None = None) -> bool:
        """See `Rwt.extend`."""
        return await self.run(extend(self._parts, token, expire))

    async def destroy(self, token: str | None) -> bool:
        """See `Rwt.destroy`."""
        return await self.run(destroy(self._parts, token))

    async def update(self, token: str | None, data: Any) -> bool:
        """See `Rwt.update`. The function may be async."""
        return await self.run(update(self._parts, token, data))

    @known_options("rotate's options")
    async def rotate(self, token: str | None, *, grace: int = 0, retry: bool = True) -> str | None:
        """See `Rwt.rotate`."""
        return await self.run(rotate(self._parts, token, grace=grace, retry=retry))

    async def reauthenticate(self, token: str | None, auth: Mapping[str, Any]) -> str | None:
        """See `Rwt.reauthenticate`."""
        return await self.run(reauthenticate(self._parts, token, auth))

    @known_options("list's options")
    async def list(
        self, subject: str, *, limit: int = 100, cursor: str | None = None, current: str | None = None
    ) -> SessionList:
        """See `Rwt.list`."""
        return await self.run(list_sessions(self._parts, subject, limit=limit, cursor=cursor, current=current))

    @known_options("destroy_all's options")
    async def destroy_all(self, subject: str, *, except_: str | None = None) -> bool:
        """See `Rwt.destroy_all`."""
        return await self.run(destroy_all(self._parts, subject, except_))

    async def destroy_by_id(self, subject: str, public_id: str) -> bool:
        """See `Rwt.destroy_by_id`."""
        return await self.run(destroy_by_id(self._parts, subject, public_id))

    async def update_all(self, subject: str, data: Any) -> bool:
        """See `Rwt.update_all`."""
        return await self.run(update_all(self._parts, subject, data))

    async def connect(self) -> None:
        """See `Rwt.connect`."""
        await self.run(ping())

    async def disconnect(self) -> None:
        """See `Rwt.disconnect`."""
        await self._connection.close()

    async def __aenter__(self) -> "AsyncRwt":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()
