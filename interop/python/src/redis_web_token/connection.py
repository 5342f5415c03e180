"""Runs operations on a blocking client."""

import inspect
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .check import range_error, type_error
from .errors import OptionTypeError
from .faults import first_failure, is_callers, plain, store_failure, was_interrupted
from .steps import Operation, Pause, Send

Result = TypeVar("Result")


class Connection:
    """A client of the caller's, or one that it makes of a URL."""

    def __init__(self, target: object, timeout: float) -> None:
        self._url = target if isinstance(target, str) else None
        self._timeout = timeout
        self._client: Any = self._make() if self._url is not None else read_client(target, "Rwt", is_async=False)

    def run(self, operation: Operation[Result]) -> Result:
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
            if isinstance(step, Send):
                # Raised within the operation, the failure shows neither the client's error nor its frames.
                try:
                    reply = self._send(step.commands)
                except BaseException as error:
                    if was_interrupted(error):
                        self._drop_connections()
                    if is_callers(error):
                        raise
                    failure = store_failure(error)
            elif isinstance(step, Pause):
                time.sleep(step.seconds)
            else:
                _close(step.value)
                failure = OptionTypeError("data", "data must be a function that isn't async: those need AsyncRwt")

    def _send(self, commands: Sequence[Sequence[str]]) -> list[object]:
        if len(commands) == 1:
            return [plain(self._client.execute_command(*words_for(commands[0])))]
        with self._client.pipeline(transaction=False) as pipeline:
            for words in commands:
                pipeline.execute_command(*words_for(words))
            return whole(pipeline.execute(raise_on_error=False))

    def _drop_connections(self) -> None:
        """After an interrupted command, as by a signal's handler: redis-py may have put its connection back into the pool, where
        the late reply, another user's session, would answer the next command. Or it may keep it in use for ever.
        """
        client = self._client
        if self._url is not None:
            # The calls of other threads end on the old one.
            self._client = self._make()
        _drop_free_connections(client)

    def _make(self) -> Any:
        options = {"socket_timeout": self._timeout, "socket_connect_timeout": self._timeout}
        return client_of(redis.Redis, Retry, str(self._url), **options)

    def close(self) -> None:
        """Closes what the library opened, never a client of the caller's."""
        if self._url is not None:
            self._client.close()
            self._client.connection_pool.disconnect()


def client_of(kind: Any, retry: Any, url: str, **timeouts: float) -> Any:
    """A client that sends nothing twice."""
    if re.match(r"(rediss?|unix)://", url):
        client: Any = None
        try:
            client = kind.from_url(url, retry=retry(NoBackoff(), 0), **timeouts)
        except ValueError:
            pass  # The error may show the URL, and so its password.
        if client is not None:
            return _with_utf8(client)
    raise range_error("redis", "be a URL such as redis://localhost:6379")


def read_client(target: object, service: str, is_async: bool) -> object:
    """Checks that it is a client of redis-py, and of the kind that the service needs."""
    if not callable(getattr(target, "execute_command", None)) or not callable(getattr(target, "pipeline", None)):
        raise type_error("redis", "a URL or a client of redis-py", target)
    if inspect.iscoroutinefunction(getattr(target, "execute_command")) is not is_async:
        wanted = "redis.asyncio" if is_async else "redis"
        raise OptionTypeError("redis", f"redis must be a client of {wanted} for {service}")
    # Only the client itself can end a call and its connection.
    if _options_of(target).get("socket_timeout") is None:
        raise range_error("redis", "be a client with socket_timeout: without one, a call may wait for ever")
    return _with_utf8(target)


def _with_utf8(client: object) -> object:
    """Other languages couldn't read what a client of another encoding writes."""
    encoding = str(_options_of(client).get("encoding", "utf-8"))
    if not re.fullmatch("utf[-_]?8", encoding, re.IGNORECASE):
        raise range_error("redis", "have the encoding utf-8")
    return client


def words_for(words: Sequence[str]) -> Sequence[str | int]:
    """What redis-py takes: before version 5, a cluster's client adds to a script's count of keys, and so wants an integer."""
    if words[0] not in ("EVAL", "EVALSHA"):
        return words
    name, script, count, *rest = words
    return [name, script, int(count), *rest]


def whole(replies: Sequence[object]) -> list[object]:
    """Raises if one of several replies is an error."""
    failure = first_failure(replies)
    if failure is not None:
        raise failure
    return [plain(reply) for reply in replies]


def _options_of(client: Any) -> Mapping[str, Any]:
    """The options of the connections of a client, or of a cluster's."""
    pool = getattr(client, "connection_pool", None) or getattr(client, "nodes_manager", None)
    options: Mapping[str, Any] = getattr(pool, "connection_kwargs", {})
    return options


def _drop_free_connections(client: Any) -> None:
    """A client opens its connections again by itself."""
    nodes = [node.redis_connection for node in client.get_nodes()] if hasattr(client, "get_nodes") else [client]
    for node in nodes:
        if getattr(node, "connection", None) is not None:
            node.connection.disconnect()
        if node is not None:
            disconnect = node.connection_pool.disconnect
            can_spare = "inuse_connections" in inspect.signature(disconnect).parameters
            disconnect(**({"inuse_connections": False} if can_spare else {}))


def _close(value: object) -> None:
    close = getattr(value, "close", None)
    if callable(close):
        close()
