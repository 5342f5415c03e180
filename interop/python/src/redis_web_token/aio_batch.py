"""Sends the commands of concurrent calls together, on asyncio."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import redis.asyncio

from .connection import words_for
from .faults import is_callers, store_failure, was_interrupted

Commands = Sequence[Sequence[str]]
Answer = asyncio.Future[Sequence[object]]
_Batch = list[tuple[Commands, Answer]]

# The most calls in a batch, so that Redis works on one batch while the next is made ready.
_MOST = 64
# The longest call that joins a batch, in characters. Servers and proxies refuse what is too large for them by closing the
# connection, which would fail every call of the batch.
_LONGEST = 16_000


class Batches:
    """The calls of one turn of an event loop share a round trip.

    A task of its own waits for the client, so a caller that is cancelled never cancels the client in the middle of a command. Some
    versions of redis-py give the connection of a cancelled command back to the pool, where the late reply, another user's session,
    would answer the next command.
    """

    def __init__(self, client: Any, timeout: float, replace: Callable[[], Any] | None) -> None:
        """`replace` makes a client to use instead after a timeout. Without it, the client itself has a timeout."""
        self.client = client
        self._timeout = timeout
        self._replace = replace
        self._most = _MOST if _can_batch(client) else 1
        self._open: _Batch | None = None
        self._timer: asyncio.TimerHandle | None = None
        # An event loop keeps only weak references to tasks.
        self._running: dict[asyncio.Task[None], _Running] = {}
        self._retiring: set[asyncio.Task[None]] = set()

    def send(self, commands: Commands) -> Answer:
        """Returns the future replies. Among several, errors that Redis replied are exceptions."""
        loop = asyncio.get_running_loop()
        answer: Answer = loop.create_future()
        batch = self._open
        if sum(len(word) for words in commands for word in words) > _LONGEST:
            batch = self._begin(loop)
        elif batch is None or len(batch) >= self._most:
            batch = self._open = self._begin(loop)
        batch.append((commands, answer))
        return answer

    async def close(self) -> None:
        """Closes the client after the replies to the calls in flight, which come, or time out, within the timeout.

        If it is cancelled, it closes the client at once, since nobody else would. It waits no longer than twice the timeout, since
        asyncio never ends a task if a signal's handler has raised within the event loop itself.
        """
        end = asyncio.get_running_loop().time() + 2 * self._timeout
        try:
            while pending := {each for each in (*self._running, *self._retiring) if not each.done()}:
                left = end - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                await asyncio.wait(pending, timeout=left)
        finally:
            client = self.client
            # Its name since redis-py 5.0.1.
            await (client.aclose() if hasattr(client, "aclose") else client.close())
            await client.connection_pool.disconnect()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> _Batch:
        """Makes a batch, which is sent in the next turn of the event loop, after the calls of this one."""
        batch: _Batch = []
        running = _Running(batch, loop.time() + self._timeout)
        # Not by the loop's task factory: an eager one would send the batch before any call is in it.
        task = asyncio.Task(self._run(running), loop=loop)
        task.add_done_callback(self._ended)
        self._running[task] = running
        if self._timer is None:
            self._timer = loop.call_later(self._timeout, self._check)
        return batch

    async def _run(self, running: "_Running") -> None:
        batch, client = running.batch, self.client
        running.client = client
        if self._open is batch:
            self._open = None
        try:
            replies = await _exchange(client, [words_for(words) for commands, _ in batch for words in commands])
        except BaseException as error:
            if was_interrupted(error):
                self._leave(asyncio.get_running_loop(), client)
                if self._replace is None:
                    await _drop_connections(client)
            raise
        start = 0
        for commands, answer in batch:
            end = start + len(commands)
            if not answer.done():
                answer.set_result(replies[start:end])
            start = end

    def _ended(self, task: asyncio.Task[None]) -> None:
        batch = self._running.pop(task).batch
        # Somebody ends all tasks, perhaps before this one began. A caller whose own task goes on was not cancelled.
        failure = ConnectionError() if task.cancelled() else task.exception()
        if failure is not None:
            if self._open is batch:
                self._open = None
            _fail(batch, failure)

    def _check(self) -> None:
        """Ends the batches that got no replies in time. One timer for all of them costs less than one for each."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        # In the order in which they began.
        left: _Running | None = None
        for task, running in self._running.items():
            if running.deadline > now:
                left = running
                break
            if not running.has_expired:
                running.has_expired = True
                self._expire(loop, task, running)
        self._timer = None if left is None else loop.call_at(left.deadline, self._check)

    def _expire(self, loop: asyncio.AbstractEventLoop, task: asyncio.Task[None], running: "_Running") -> None:
        _fail(running.batch, TimeoutError())
        if self._replace is not None:
            task.cancel()
            self._leave(loop, running.client)

    def _leave(self, loop: asyncio.AbstractEventLoop, client: Any) -> None:
        """Sends nothing more on connections of a client of the library's own, where late replies may still come."""
        if self._replace is None or self.client is not client:
            return
        self.client = self._replace()
        users = [each for each, its in self._running.items() if its.client is client]
        retiring = loop.create_task(_retire(client, users))
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)


class _Running:
    __slots__ = ("batch", "client", "deadline", "has_expired")

    def __init__(self, batch: _Batch, deadline: float) -> None:
        self.batch = batch
        # Once it has begun.
        self.client: Any = None
        # By the event loop's clock.
        self.deadline = deadline
        self.has_expired = False


async def _exchange(client: Any, commands: Sequence[Sequence[str | int]]) -> Sequence[object]:
    if len(commands) == 1:
        return [await client.execute_command(*commands[0])]
    pipeline = client.pipeline(transaction=False)
    for words in commands:
        pipeline.execute_command(*words)
    replies: Sequence[object] = await pipeline.execute(raise_on_error=False)
    return replies


async def _retire(client: Any, users: Sequence[asyncio.Task[None]]) -> None:
    """Closes a client's connections once its last commands have ended."""
    await asyncio.wait(users)
    await client.connection_pool.disconnect()


async def _drop_connections(client: Any) -> None:
    """After an interrupted command, as by a signal's handler: its connection may be back in the pool, or be the only one."""
    if hasattr(client, "get_nodes"):
        for node in client.get_nodes():
            await node.disconnect()
        return
    if client.connection is not None:
        await client.connection.disconnect()
    await client.connection_pool.disconnect(inuse_connections=False)


def _can_batch(client: Any) -> bool:
    """Not with a cluster, whose commands go to several nodes, nor if the client decodes replies: one bad value would fail all."""
    if not isinstance(client, redis.asyncio.Redis):
        return False
    return not client.connection_pool.connection_kwargs.get("decode_responses")


def _fail(batch: _Batch, error: BaseException) -> None:
    for _, answer in batch:
        if not answer.done():
            # Each caller raises an exception of its own, to which its traceback is added.
            answer.set_exception(error if is_callers(error) else store_failure(error))
