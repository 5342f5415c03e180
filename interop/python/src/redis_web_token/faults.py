"""Turns whatever redis-py raises into the library's errors. Its messages may hold commands, keys and payloads."""

import asyncio
import re
import sys
from collections.abc import Sequence

import redis.exceptions as client_errors

from .errors import DataError, RwtError, StoreFailureReason, StoreFault, StoreUnavailableError

# Redis's error codes by reason. redis-py has classes for some of them, and cuts the code off their messages.
_REASONS: dict[str, StoreFailureReason] = {
    "NOAUTH": "auth",
    "WRONGPASS": "auth",
    "NOPERM": "auth",
    "DENIED": "auth",
    "LOADING": "loading",
    "MASTERDOWN": "loading",
    "READONLY": "readonly",
    "OOM": "memory",
}
_OTHER_CODES = (
    "ERR ASK BUSY CLUSTERDOWN CROSSSLOT EXECABORT MISCONF MOVED NOREPLICAS NOSCRIPT TRYAGAIN UNBLOCKED WRONGTYPE"
).split()
_CLASSES: dict[str, str] = {
    "AuthenticationError": "NOAUTH",
    "AuthenticationWrongNumberOfArgsError": "NOAUTH",
    "NoPermissionError": "NOPERM",
    "BusyLoadingError": "LOADING",
    "MasterDownError": "MASTERDOWN",
    "ReadOnlyError": "READONLY",
    "OutOfMemoryError": "OOM",
    "NoScriptError": "NOSCRIPT",
    "TryAgainError": "TRYAGAIN",
    "ExecAbortError": "EXECABORT",
}
# Messages of a proxy, and of Redis, for a value that is too large: a retry wouldn't help.
_TOO_LARGE = re.compile(
    "max (request|single record) size exceeded|invalid bulk length|exceeds maximum allowed size", re.IGNORECASE
)


# The modules whose exceptions count as the client's: Python's own, redis-py and hiredis.
_SOURCES = sys.stdlib_module_names | {"redis", "hiredis"}


def was_interrupted(error: BaseException) -> bool:
    """Whether a command ended by anything but an error of the client's own. Then its reply may still come."""
    return not isinstance(error, (RwtError, client_errors.RedisError, client_errors.RedisClusterException))


def is_callers(error: BaseException) -> bool:
    """Whether an exception that came out of a client can only be the caller's, such as one that a signal's handler raised.

    The caller gets it as it is. An OSError counts as Redis's, whatever its class, since redis-py takes it for its own.
    """
    if isinstance(error, (RwtError, client_errors.RedisError, OSError)):
        return False
    return not isinstance(error, Exception) or type(error).__module__.partition(".")[0] not in _SOURCES


def store_failure(error: BaseException) -> RwtError:
    """The library's error for what a client raised. Nothing but the class's name and a known code are kept."""
    if isinstance(error, RwtError):
        return error
    message = str(error)
    if _TOO_LARGE.search(message):
        text = "data is too large for the store: store less in the session"
        return DataError("data", text, "ERR_RWT_DATA_TOO_LARGE")
    code = _code_of(error, message)
    failure = StoreUnavailableError(_reason_of(error, message, code), redis_code=code)
    failure.__cause__ = StoreFault(type(error).__name__, code)
    return failure


def first_failure(replies: Sequence[object]) -> RwtError | None:
    """The failure of one of several commands."""
    for reply in replies:
        if isinstance(reply, Exception):
            return store_failure(reply)
    return None


def _code_of(error: BaseException, message: str) -> str | None:
    for each in type(error).__mro__:
        if each.__name__ in _CLASSES:
            return _CLASSES[each.__name__]
    found = re.match(r"([A-Z]+)\b(?: ([A-Z]+)\b)?", message)
    if found is None or not isinstance(error, client_errors.RedisError):
        return None
    first, second = found.groups()
    # Older kvrocks puts ERR before another code.
    if first == "ERR" and second in (*_REASONS, *_OTHER_CODES):
        return second
    return first if first in _REASONS or first in _OTHER_CODES else None


def _reason_of(error: BaseException, message: str, code: str | None) -> StoreFailureReason:
    # The library's own scripts raise these two.
    if "RWT_NO_ANSWER" in message:
        return "reply"
    if "RWT_ENCRYPTED" in message:
        return "encrypted"
    if re.match("(ERR )?(max .*limit|.*capacity quota) exceeded", message):
        return "quota"
    # Redis 7.0's message instead of NOPERM within a script, and that for a long command without a password.
    if "The user executing the script can't" in message or "unauthenticated" in message:
        return "auth"
    if code is not None:
        return _REASONS.get(code, "server")
    if isinstance(error, (client_errors.TimeoutError, asyncio.TimeoutError, TimeoutError)):
        return "timeout"
    if isinstance(error, (client_errors.InvalidResponse, UnicodeDecodeError)):
        return "reply"
    if isinstance(error, client_errors.ResponseError):
        return "server"
    return "network"


def plain(reply: object) -> object:
    """A reply as text, integers, None and lists of these. Clients may be set to return bytes or text."""
    if isinstance(reply, bytes):
        try:
            return reply.decode()
        except UnicodeDecodeError:
            pass
        raise StoreUnavailableError("reply")
    if isinstance(reply, (list, tuple)):
        return [plain(each) for each in reply]
    if reply is None or isinstance(reply, (str, int, float)):
        return reply
    raise StoreUnavailableError("reply")
