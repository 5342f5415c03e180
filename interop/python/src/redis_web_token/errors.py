"""The errors of the library. Each has a `code` that stays the same; messages may change."""

from collections.abc import Callable
from typing import Any, Literal, Self

StoreFailureReason = Literal[
    "timeout", "network", "auth", "loading", "readonly", "memory", "quota", "server", "encrypted", "reply"
]


class _Copyable(Exception):
    """Can be copied, and so sent to another process, although its `__init__` takes other arguments than Exception's."""

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[object, ...], dict[str, Any]]:
        kind = type(self)
        return kind.__new__, (kind, *self.args), self.__dict__


class RwtError(_Copyable):
    """Any error of the library."""

    code: str


class OptionTypeError(RwtError, TypeError):
    """An option or argument has the wrong type, or a name that the library doesn't know."""

    def __init__(self, option: str, message: str, code: str = "ERR_RWT_OPTION_TYPE") -> None:
        super().__init__(message)
        self.option = option
        self.code = code


class OptionRangeError(RwtError, ValueError):
    """An option or argument has the right type and a value that isn't allowed."""

    code = "ERR_RWT_OPTION_RANGE"

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


class DataError(RwtError, TypeError):
    """`data` or `meta` holds something that JSON can't give back as it was, or `data` is too large for Redis."""

    def __init__(self, option: str, message: str, code: str = "ERR_RWT_DATA_NOT_JSON") -> None:
        super().__init__(message)
        self.option = option
        self.code = code


class SessionLimitError(RwtError):
    """The user has as many sessions as `max_sessions` allows, and `on_limit` is `reject`: let the user end one first."""

    code = "ERR_RWT_SESSION_LIMIT"


class RotationLimitError(RwtError):
    """A session's token was rotated 65,535 times and can't be rotated again: sign the user in again."""

    code = "ERR_RWT_ROTATION_LIMIT"


class MiddlewareMissingError(RwtError):
    """A view asked for the session of a request that no middleware has checked."""

    code = "ERR_RWT_MIDDLEWARE_MISSING"


class StoreFault(_Copyable):
    """What is left of a client's error once everything that could hold a secret is taken away."""

    def __init__(self, name: str, code: str | None) -> None:
        super().__init__(code or "no further detail is safe to show")
        self.name = name
        self.code = code


class StoreUnavailableError(RwtError):
    """Redis could not answer, so **nobody knows** whether the token is live: don't take it for a logout, and let nobody in.

    `reason` says why. `__cause__` is at most a `StoreFault`: a client's own error would hold commands, keys and payloads.
    """

    code = "ERR_RWT_STORE_UNAVAILABLE"

    def __init__(self, reason: StoreFailureReason, message: str | None = None, redis_code: str | None = None) -> None:
        super().__init__(message or _MESSAGES[reason])
        self.reason = reason
        self._redis_code = redis_code


_MESSAGES: dict[StoreFailureReason, str] = {
    "timeout": "the store did not answer within the timeout: is it slow, or far away?",
    "network": "the store can't be reached: is Redis running, and is its address right?",
    "auth": "the store refused the credentials: check the URL's password",
    "loading": "the store is starting and still loading its data: retry",
    "readonly": "the store is a read-only replica: a failover is under way, or the URL names the wrong server",
    "memory": "the store is out of memory: raise its maxmemory",
    "quota": "the store's request quota is used up: raise it at the provider",
    "server": "the store refused the command",
    "encrypted": "the person has encrypted sessions: add encryption=Encryption() to this service",
    "reply": "the store sent an unexpected reply to the command: does something else write under the prefix?",
}
