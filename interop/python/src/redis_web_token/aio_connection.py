"""Runs operations on asyncio."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import redis.asyncio
from redis.asyncio.retry import Retry

from .connection import client_of, read_client, whole, words_for
from .errors import StoreUnavailableError
from .faults import plain, store_failure
from .steps import Await, Operation, Pause

Result = TypeVar("Result")


class AioConnection:
    """A client of the caller's, or one that it makes of a URL for each event loop, since connections belong to a loop."""

    def __init__(self, target: object, timeout: float) -> None:
        self._timeout = timeout
        self._running: set[asyncio.Future[list[object]]] = set()
        self._own: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()
        self._url = target if isinstance(target, str) else None
        self._given: Any = None
        if self._url is not None:
            self._make()  # Only to check the URL: it connects at the first call.
        else:
            self._given = read_client(target, "AsyncRwt", is_async=True)

    async def run(self, operation: Operation[Result]) -> Result:
        """Does what an operation yields until it returns."""
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
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                elif isinstance(step, Await):
                    reply = await _settled(step.value)
                else:
                    reply = await self._within_timeout(self._send(step.commands))
            except _Raised as raised:
                failure = raised.error
            except Exception as error:
                failure = store_failure(error)

    async def _within_timeout(self, work: Awaitable[list[object]]) -> list[object]:
        """Waits for a reply, and never cancels the client in the middle of a command.

        Some versions of redis-py give the connection of a cancelled command back to the pool, where the late reply, another user's
        session, would answer the next command.
        """
        task = asyncio.ensure_future(work)
        # An event loop keeps only weak references to tasks.
        self._running.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=self._timeout)
        if done:
            return task.result()
        raise StoreUnavailableError("timeout")

    def _ended(self, task: "asyncio.Future[list[object]]") -> None:
        self._running.discard(task)
        # Retrieves a failure after the timeout or the cancellation, which asyncio would report otherwise.
        if not task.cancelled():
            task.exception()

    async def _send(self, commands: Sequence[Sequence[str]]) -> list[object]:
        client = self._client()
        if len(commands) == 1:
            return [plain(await client.execute_command(*words_for(commands[0])))]
        pipeline = client.pipeline(transaction=False)
        for words in commands:
            pipeline.execute_command(*words_for(words))
        return whole(await pipeline.execute(raise_on_error=False))

    def _client(self) -> Any:
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        client = self._own.get(loop)
        if client is None:
            client = self._own[loop] = self._make()
        return client

    def _make(self) -> Any:
        return client_of(redis.asyncio.Redis, Retry, str(self._url), self._timeout)

    async def close(self) -> None:
        """Closes what the library opened in this event loop, never a client of the caller's."""
        client = self._own.pop(asyncio.get_running_loop(), None)
        if client is not None:
            # Its name since redis-py 5.0.1.
            await (client.aclose() if hasattr(client, "aclose") else client.close())
            await client.connection_pool.disconnect()


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

