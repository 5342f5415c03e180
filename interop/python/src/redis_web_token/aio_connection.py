"""Runs operations on asyncio."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

import redis.asyncio
from redis.asyncio.retry import Retry

from .aio_batch import Batches
from .connection import client_of, read_client, whole
from .faults import is_callers, store_failure
from .steps import Operation, Pause, Send

Result = TypeVar("Result")


class AioConnection:
    """A client of the caller's, or one that it makes of a URL for each event loop, since connections belong to a loop."""

    def __init__(self, target: object, timeout: float) -> None:
        self._timeout = timeout
        self._opened: dict[asyncio.AbstractEventLoop, _Opened] = {}
        self._url = target if isinstance(target, str) else None
        self._given: Any = None
        if self._url is not None:
            self._make()  # Only to check the URL: it connects at the first call.
        else:
            self._given = read_client(target, "AsyncRwt", is_async=True)

    async def run(self, operation: Operation[Result]) -> Result:
        """Does what an operation yields until it returns."""
        loop = asyncio.get_running_loop()
        reply: object = None
        failure: BaseException | None = None
        while True:
            try:
                step = operation.send(reply) if failure is None else operation.throw(failure)
            except StopIteration as end:
                result: Result = end.value
                return result
            reply = failure = None
            try:
                if isinstance(step, Send):
                    # Looked up each time: after a `close` it is another one.
                    opened = self._opened.get(loop) or await self._open(loop)
                    reply = whole(await opened.batches.send(step.commands))
                elif isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                else:
                    reply = await _settled(step.value)
            except _Raised as raised:
                failure = raised.error
            except Exception as error:
                if is_callers(error):
                    raise
                failure = store_failure(error)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> "_Opened":
        # A loop that was closed without `shutdown_asyncgens` closed nothing. Its sockets close once nobody holds them.
        for each in [*self._opened]:
            if each.is_closed():
                self._opened.pop(each, None)
        if self._given is None:
            batches = Batches(self._make(), self._timeout, self._make)
        else:
            batches = Batches(self._given, self._timeout, None)
        guard = self._close_with(loop, batches)
        opened = self._opened[loop] = _Opened(batches, guard)
        await anext(guard)
        return opened

    async def _close_with(self, loop: asyncio.AbstractEventLoop, batches: Batches) -> AsyncGenerator[None, None]:
        """Closes what was opened in an event loop, at the loop's end at the latest: a loop then closes its async generators."""
        try:
            yield
        finally:
            self._opened.pop(loop, None)
            if self._given is None:
                await batches.close()

    def _make(self) -> Any:
        # No socket_timeout, which is two timers of the event loop for each reply: the batch has one for all of its calls.
        return client_of(redis.asyncio.Redis, Retry, str(self._url), socket_connect_timeout=self._timeout)

    async def close(self) -> None:
        """Closes what the library opened in this event loop, never a client of the caller's."""
        opened = self._opened.get(asyncio.get_running_loop())
        if opened is not None:
            await opened.guard.aclose()


@dataclass(frozen=True, slots=True)
class _Opened:
    batches: Batches
    # Kept, since Python ends a generator that nobody holds.
    guard: AsyncGenerator[None, None]


class _Raised(Exception):
    """Carries what a caller's own function raised."""

    def __init__(self, error: Exception) -> None:
        self.error = error


async def _settled(value: Awaitable[object]) -> object:
    try:
        return await value
    except Exception as error:
        failure = error
    raise _Raised(failure)

