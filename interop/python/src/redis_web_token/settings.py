"""The options of a service, checked, with defaults filled in."""

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass

from .check import (
    MAX_TIMEOUT,
    boolean,
    function,
    non_empty_text,
    range_error,
    type_error,
    unix_seconds,
    well_formed_text,
    whole_number,
)
from .errors import OptionTypeError
from .limit import SessionLimit, read_limit
from .lines import Encryption
from .secret_keys import SecretKeys
from .session import SessionEvent
from .token import looks_like_token

Secret = str | bytes
_MIN_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settings:
    """The options that don't concern the connection to Redis."""

    ring: tuple[SecretKeys, ...]
    expire: int
    verify_extends_token: bool
    max_lifetime: int
    prefix: str
    encryption: Encryption | None
    on_event: Callable[[SessionEvent], object] | None
    limit: SessionLimit | None
    clock: Callable[[], float]

    def now(self) -> int:
        """The service's time in whole Unix seconds."""
        return unix_seconds(self.clock())


def read_settings(
    *,
    secret: object,
    expire: object,
    verify_extends_token: object,
    max_lifetime: object,
    prefix: object,
    encryption: object,
    on_event: object,
    max_sessions: object,
    on_limit: object,
    now: object,
) -> Settings:
    lifetime = whole_number("max_lifetime", "seconds", max_lifetime)
    # The default idle timeout gives way to a shorter max_lifetime; one that was asked for does not.
    idle = min(3600, lifetime) if expire is None else read_expire(expire, lifetime)
    if encryption is not None and not isinstance(encryption, Encryption):
        raise type_error("encryption", "Encryption(…)", encryption)
    if on_event is not None:
        function("on_event", on_event)
        # Nobody would await what it returns, and the alarm would be lost.
        if inspect.iscoroutinefunction(on_event):
            raise OptionTypeError("on_event", "on_event must be a function that isn't async: let it start a task")
    if now is not None:
        function("now", now)
    return Settings(
        ring=tuple(SecretKeys(each) for each in _read_secrets(secret)),
        expire=idle,
        verify_extends_token=boolean("verify_extends_token", verify_extends_token),
        max_lifetime=lifetime,
        prefix=_read_prefix(prefix),
        encryption=encryption,
        on_event=on_event,  # type: ignore[arg-type]  # the check above doesn't say what it takes
        limit=read_limit(max_sessions, on_limit),
        clock=now or time.time,  # type: ignore[arg-type]
    )


def read_expire(value: object, max_lifetime: int) -> int:
    expire = whole_number("expire", "seconds", value)
    if expire <= max_lifetime:
        return expire
    raise range_error("expire", f"be at most max_lifetime, {max_lifetime} seconds")


def read_subject(value: object, filled: str = "not be empty") -> str:
    subject = non_empty_text("subject", value, filled)
    # Otherwise destroy_all(token) would end nothing, and sign would store the token in Redis.
    if looks_like_token(subject):
        raise range_error("subject", "be the user's id, not a token")
    return subject


def read_timeout(value: object) -> float:
    """Milliseconds, as in all languages. Returns seconds, which redis-py takes."""
    return whole_number("timeout", "milliseconds", value, MAX_TIMEOUT) / 1000


def _read_prefix(value: object) -> str:
    prefix = well_formed_text("prefix", value)
    if "{" in prefix or "}" in prefix:
        raise range_error("prefix", "hold no { or }")
    return prefix


def _read_secrets(value: object) -> list[bytes]:
    secrets = list(value) if isinstance(value, (list, tuple)) else [value]
    if not secrets:
        raise range_error("secret", "not be empty")
    # What an environment variable is that isn't set.
    wanted = "32 bytes or more (is RWT_SECRET set?)"
    if value is None:
        raise type_error("secret", wanted, value)
    if value == "":
        raise range_error("secret", f"be {wanted}")
    return [_read_secret(each) for each in secrets]


def _read_secret(value: object) -> bytes:
    if isinstance(value, str):
        secret = well_formed_text("secret", value).encode()
    elif isinstance(value, (bytes, bytearray)):
        secret = bytes(value)
    else:
        raise type_error("secret", "text, bytes or an array of these, newest first", value)
    if len(secret) >= _MIN_SECRET_BYTES:
        return secret
    must = f"be at least {_MIN_SECRET_BYTES} bytes: make one with `openssl rand -base64 32`"
    raise range_error("secret", must)
