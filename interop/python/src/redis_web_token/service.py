"""The blocking service, and what both services have in common."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from . import replies
from .changes import destroy, extend, reauthenticate, rotate, update
from .check import known_options
from .connection import Connection
from .limit import OnLimit
from .lines import Encryption, Lines
from .listing import list_sessions
from .person import destroy_all, destroy_by_id, update_all
from .public_id import id_of
from .session import Session, SessionEvent, SessionList, TokenFacts
from .settings import Secret, Settings, read_settings, read_timeout
from .signing import sign
from .steps import Operation, send
from .token import open_token
from .verify import Parts, verify

Result = TypeVar("Result")


class Service:
    """What needs no Redis, for `Rwt` and `AsyncRwt`."""

    def __init__(self, settings: Settings) -> None:
        self._parts = Parts(settings, Lines(settings.ring, settings.encryption))

    @property
    def expire(self) -> int:
        """Default idle timeout in seconds."""
        return self._parts.settings.expire

    @property
    def verify_extends_token(self) -> bool:
        """Whether `verify` restarts the idle timeout."""
        return self._parts.settings.verify_extends_token

    @property
    def max_lifetime(self) -> int:
        """Absolute lifetime in seconds from `sign`."""
        return self._parts.settings.max_lifetime

    def inspect(self, token: str | None) -> TokenFacts | None:
        """Looks at a token without asking Redis: an optimistic check, for example before a redirect to the sign-in page.

        A session that has ended still passes, so call `verify` before you show anything private.
        """
        opened = self._parts.open(token)
        return None if opened is None else TokenFacts(opened.deadline, opened.expire)

    def id_of(self, token: str | None) -> str | None:
        """The public id of a token's session, as `list` shows it, for logs. Rotations don't change it. It asks nothing of Redis."""
        opened = open_token(self._parts.settings.ring, token)
        return None if opened is None else id_of(opened.keys, opened.lookup)


def ping() -> Operation[None]:
    reply = yield from send("PING")
    if reply is not True:
        replies.word(reply, ("PONG",))


class Rwt(Service):
    """Signs, checks and ends tokens, on a blocking client. Make one for each process, and share it between threads.

    For anything but a live token a call returns `None` or `False`. When Redis can't answer, it raises `StoreUnavailableError`.

    - `redis`: a URL, or a client of redis-py with a `socket_timeout`
    - `secret`: 32 bytes or more, text or bytes; or several, newest first: the first signs, any opens
    - `expire`: idle timeout in seconds, 3600 by default
    - `verify_extends_token`: whether each `verify` restarts the idle timeout
    - `max_lifetime`: absolute lifetime in seconds from `sign`
    - `prefix`: what every Redis key begins with, the same in all services
    - `timeout`: milliseconds that Redis has to answer, if `redis` is a URL
    - `encryption`: `Encryption()` encrypts what Redis holds of a session
    - `max_sessions`: how many sessions a subject may have at a time; all services that sign need the same
    - `on_limit`: what `sign` does at the limit: `end_oldest` ends the sessions whose deadline is nearest, `reject` raises
      `SessionLimitError`
    - `on_event`: is called with a `SessionEvent` if a stolen token is found
    - `now`: the clock, in Unix seconds, for tests
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
        self._connection = Connection(redis, read_timeout(timeout))

    def run(self, operation: Operation[Result]) -> Result:
        """Runs an operation of the library, such as those of `redis_web_token.request`."""
        return self._connection.run(operation)

    @known_options("sign's options")
    def sign(
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
        """Starts a session and returns its token: `rwt_` and 76 characters. Call it at every sign-in (OWASP ASVS 7.2.4).

        `data` is any JSON value, `subject` the user's id. `auth` says how the user proved who they are, `{"at": …, "amr": […],
        "acr": …}`, and `act` who acts as the user, `{"sub": …}`. Sessions of the tokens `replaces` don't count against
        `max_sessions`. Raises `DataError` if `data` or `meta` isn't JSON.
        """
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
        return self.run(operation)

    def verify(self, token: str | None) -> Session | None:
        """Checks a token: one round trip, and none for a malformed, forged or expired token."""
        return self.run(verify(self._parts, token))

    @known_options("extend's options")
    def extend(self, token: str | None, *, expire: int | None = None) -> bool:
        """Restarts the idle timeout, never beyond the deadline. Returns whether the token is live."""
        return self.run(extend(self._parts, token, expire))

    def destroy(self, token: str | None) -> bool:
        """Ends the session with all its tokens, in every service. Returns whether it was live."""
        return self.run(destroy(self._parts, token))

    def update(self, token: str | None, data: Any) -> bool:
        """Replaces a session's data. Returns whether the session is live.

        A function receives the current data and returns the new data. It is called again if another change came in between.
        """
        return self.run(update(self._parts, token, data))

    @known_options("rotate's options")
    def rotate(self, token: str | None, *, grace: int = 0, retry: bool = True) -> str | None:
        """Replaces a session's token. The old one lives until the new one is first used, and for `grace` seconds.

        With `retry=False`, for a change of privileges, the old token ends at once. Raises `RotationLimitError` after 65,535
        rotations.
        """
        return self.run(rotate(self._parts, token, grace=grace, retry=retry))

    def reauthenticate(self, token: str | None, auth: Mapping[str, Any]) -> str | None:
        """Records that the user has just proved again who they are (step-up), and replaces the token: the old one ends at once.

        Call it after a check of the password or of a second factor (OWASP ASVS 7.2.4). `auth` replaces what the session
        held: give all methods that the user has used. Returns the new token, or None.
        """
        return self.run(reauthenticate(self._parts, token, auth))

    @known_options("list's options")
    def list(
        self, subject: str, *, limit: int = 100, cursor: str | None = None, current: str | None = None
    ) -> SessionList:
        """Lists a person's live sessions, latest deadline first. `current` is the caller's own token."""
        return self.run(list_sessions(self._parts, subject, limit=limit, cursor=cursor, current=current))

    @known_options("destroy_all's options")
    def destroy_all(self, subject: str, *, except_: str | None = None) -> bool:
        """Ends all sessions of a person, or all but that of a token. Returns whether the person was known."""
        return self.run(destroy_all(self._parts, subject, except_))

    def destroy_by_id(self, subject: str, public_id: str) -> bool:
        """Ends one session of a person, by its `id` from `list`. Returns whether it was live."""
        return self.run(destroy_by_id(self._parts, subject, public_id))

    def update_all(self, subject: str, data: Any) -> bool:
        """Replaces the data of all of a person's sessions. Returns whether the person was known."""
        return self.run(update_all(self._parts, subject, data))

    def connect(self) -> None:
        """Checks at startup that Redis answers. No other call needs it."""
        self.run(ping())

    def disconnect(self) -> None:
        """Closes what the library opened, never a client of yours. The next call opens it again."""
        self._connection.close()

    def __enter__(self) -> "Rwt":
        return self

    def __exit__(self, *_: object) -> None:
        self.disconnect()
