"""What the calls return. Times are Unix seconds, durations seconds."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Authentication:
    """How and when a user proved who they are."""

    # When, Unix seconds. OpenID Connect's `auth_time`.
    at: int
    # By which methods, such as "pwd" and "otp" (RFC 8176).
    amr: list[str] | None = None
    # At which level of assurance (authentication context class).
    acr: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A live session. Its representation shows no data of a user."""

    # What was signed.
    data: Any = field(repr=False)
    # The user's id, if `sign` was given one.
    subject: str | None = field(repr=False)
    # Notes about the session itself, such as the device.
    meta: dict[str, Any] | None = field(repr=False)
    # When it was signed.
    issued_at: int
    # When the absolute lifetime ends.
    deadline: int
    # Its idle timeout.
    expire: int
    # How the user proved who they are, if `sign` or `reauthenticate` was told.
    auth: Authentication | None = None
    # Who acts as the user, if somebody does (RFC 8693 §4.1): an object with `sub`.
    act: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token says about itself. Whether its session is live, only Redis knows."""

    deadline: int
    expire: int


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session as its owner may see it."""

    # Identifies the session for `destroy_by_id`. It isn't a token.
    id: str
    issued_at: int
    deadline: int
    # Seconds until idle expiry.
    idle: int
    meta: dict[str, Any] | None = field(repr=False)
    # Whether it is the session of the token that `list` was given as `current`.
    current: bool
    # As in `Session`.
    auth: Authentication | None = None
    act: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SessionList:
    """A page of sessions, latest deadline first."""

    sessions: list[SessionInfo]
    # Pass it to get the next page; None on the last page. A page before that may be shorter than its limit, even empty.
    cursor: str | None


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """A rotated token was reused, so a token of the session was stolen; the session has been ended (RFC 9700 §4.14.2)."""

    type: Literal["token_reuse"]
    # None if the session had no subject, or this service can't decrypt it.
    subject: str | None
