"""Authenticates requests, as operations: frameworks run them on a blocking client or on asyncio."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ..changes import destroy, reauthenticate, rotate
from ..check import boolean
from ..errors import StoreUnavailableError
from ..listing import list_sessions
from ..person import destroy_all
from ..session import Session, SessionList
from ..signing import sign
from ..steps import Operation
from ..verify import Parts
from .answers import SignedIn, SignedOut, answer_headers, outage, step_up
from .carriers import Carried, check_tokens, invalid_token, read_request
from .options import AuthSettings
from .requirement import Requirement, read_requirement
from .source import RequestSource

Result = TypeVar("Result")

# Seconds for which the old token still works: browsers send requests at the same time, and retry after a lost reply.
_DEFAULT_GRACE = 10


class RequestAuth:
    """The operations on a request. They raise `RequestRefusedError` if the request is refused."""

    def __init__(self, parts: Parts, settings: AuthSettings) -> None:
        self._parts = parts
        self.settings = settings

    def authenticate(self, source: RequestSource, require: object = None) -> Operation[Session | None]:
        """The live session of the token that a request carries; None instead of a 401 with `optional`.

        With `require`, never without a session, whose user must have proved that.
        """
        if require is not None:
            return (yield from self.required(source, read_requirement(require)))
        carried = self._read(source)
        return (yield from check_tokens(self._parts, carried, self.settings)).session

    def required(
        self, source: RequestSource, requirement: Requirement | None = None
    ) -> Operation[Session | None]:
        """As `authenticate`, but never without a session."""
        session = (yield from self._required(source)).session
        if requirement is not None and session is not None:
            self.step_up_unless(session, requirement)
        return session

    def step_up_unless(self, session: Session, requirement: Requirement) -> None:
        """Refuses the request unless the session meets the requirement."""
        if not requirement.is_met(session.auth, self._parts.settings.now()):
            raise step_up(self.settings, requirement)

    def sign_in(
        self,
        source: RequestSource,
        data: object,
        *,
        persistent: bool | None,
        expire: int | None,
        max_lifetime: int | None,
        subject: str | None,
        meta: dict[str, Any] | None,
        auth: Mapping[str, Any] | None,
        act: dict[str, Any] | None,
    ) -> Operation[SignedIn]:
        """Starts a session, and only then ends those that the request came with, so that the user always has one."""
        carried = self._read(source)
        if persistent is not None:
            boolean("persistent", persistent)
        cookie = self.settings.cookie and self.settings.cookie.kept(persistent)
        # The default isn't noted. If `meta` isn't an object, `sign` rejects it.
        if cookie and (persistent is not None or not cookie.persistent) and isinstance(meta or {}, dict):
            meta = {**(meta or {}), "persistent": cookie.persistent}

        def work() -> Operation[SignedIn]:
            token = yield from sign(
                self._parts,
                data,
                expire=expire,
                max_lifetime=max_lifetime,
                subject=subject,
                meta=meta,
                auth=auth,
                act=act,
                replaces=carried.tokens,
            )
            try:
                yield from self._end(carried.tokens)
            except StoreUnavailableError:
                yield from self._end_unheld(token)
                raise
            self._keep(source, token)
            # A whole number may be a float, which browsers don't read as a Max-Age.
            lifetime = int(max_lifetime or self._parts.settings.max_lifetime)
            return SignedIn(token, answer_headers(cookie.header(token, lifetime) if cookie else None))

        return (yield from self._or_refused(work))

    def sign_out(self, source: RequestSource) -> Operation[SignedOut]:
        """Ends the sessions that the request came with, and clears the cookie, in an outage too."""
        carried = self._read(source)
        headers = self._cleared()
        try:
            ended = yield from self._end(carried.tokens)
            self._keep(source)
            return SignedOut(ended, headers)
        except StoreUnavailableError as failure:
            error = outage(self.settings, failure)
        error.headers |= headers
        raise error

    def rotate_session(
        self, source: RequestSource, *, grace: int | None, retry: bool
    ) -> Operation[SignedIn]:
        """Replaces the request's token, for the same session."""
        default = _DEFAULT_GRACE if retry is True else 0
        seconds = default if grace is None else grace
        return self._replace(source, lambda token: rotate(self._parts, token, grace=seconds, retry=retry))

    def reauthenticate(self, source: RequestSource, auth: Mapping[str, Any]) -> Operation[SignedIn]:
        """Records that the request's user has just proved again who they are, and replaces the token: the old one ends at once."""
        return self._replace(source, lambda token: reauthenticate(self._parts, token, auth))

    def _replace(
        self, source: RequestSource, replacing: Callable[[str], Operation[str | None]]
    ) -> Operation[SignedIn]:
        carried = yield from self._required(source)

        def work() -> Operation[SignedIn | None]:
            token = yield from replacing(carried.tokens[0])
            if token is None or carried.session is None:
                return None
            self._keep(source, token, *carried.tokens[1:])
            meta = carried.session.meta or {}
            cookie = self.settings.cookie and self.settings.cookie.kept(meta.get("persistent"))
            left = carried.session.deadline - self._parts.settings.now()
            return SignedIn(token, answer_headers(cookie.header(token, left) if cookie else None))

        replaced = yield from self._or_refused(work)
        if replaced is None:
            # The session ended in the meantime.
            raise invalid_token(self.settings, carried)
        return replaced

    def list_sessions(
        self, source: RequestSource, *, limit: int, cursor: str | None
    ) -> Operation[SessionList]:
        """Lists the live sessions of the request's subject, and marks its own as current. Empty without a subject."""
        carried = yield from self._required(source)

        def work() -> Operation[SessionList]:
            subject = carried.session and carried.session.subject
            if subject is None:
                return SessionList([], None)
            current = carried.tokens[0]
            return (yield from list_sessions(self._parts, subject, limit=limit, cursor=cursor, current=current))

        return (yield from self._or_refused(work))

    def end_other_sessions(self, source: RequestSource) -> Operation[bool]:
        """Ends every other session of the request's subject. Returns whether there was a subject whose sessions could end."""
        carried = yield from self._required(source)

        def work() -> Operation[bool]:
            subject = carried.session and carried.session.subject
            return subject is not None and (yield from destroy_all(self._parts, subject, carried.tokens[0]))

        return (yield from self._or_refused(work))

    def sign_out_everywhere(self, source: RequestSource) -> Operation[SignedOut]:
        """Ends all sessions of the request's subject, its own too, and clears the cookie. A refusal keeps it, for a retry."""
        carried = yield from self._required(source)

        def work() -> Operation[SignedOut]:
            subject = carried.session and carried.session.subject
            # Further tokens end first, so that a retry after an outage still has the live one.
            ended = yield from self._end(carried.tokens if subject is None else carried.tokens[1:])
            if subject is not None:
                ended = yield from destroy_all(self._parts, subject, None)
            self._keep(source)
            return SignedOut(ended, self._cleared())

        return (yield from self._or_refused(work))

    def _cleared(self) -> dict[str, str]:
        return answer_headers(self.settings.cookie.header("") if self.settings.cookie else None)

    def _required(self, source: RequestSource) -> Operation[Carried]:
        settings = replace(self.settings, optional=False)
        return (yield from check_tokens(self._parts, self._read(source), settings))

    def _read(self, source: RequestSource) -> Carried:
        carried = read_request(self._parts, source, self.settings)
        newest = self.newest(source)
        return carried if newest is None else replace(carried, tokens=newest, deciding=newest)

    def newest(self, source: RequestSource) -> tuple[str, ...] | None:
        """The tokens that an earlier call of the request has left; None if none has changed them."""
        return source.memory.get(id(self.settings))

    def _keep(self, source: RequestSource, *tokens: str) -> None:
        """Later calls of a request use the tokens that a sign-in, a rotation or a sign-out leaves."""
        source.memory[id(self.settings)] = tokens

    def _or_refused(self, work: Callable[[], Operation[Result]]) -> Operation[Result]:
        try:
            return (yield from work())
        except StoreUnavailableError as failure:
            error = outage(self.settings, failure)
        raise error

    def _end(self, tokens: Sequence[str]) -> Operation[bool]:
        """Ends all that can be, and returns whether there was one."""
        ended = False
        failed: StoreUnavailableError | None = None
        for token in tokens:
            try:
                ended = (yield from destroy(self._parts, token)) or ended
            except StoreUnavailableError as failure:
                failed = failure
        if failed is not None:
            raise failed
        return ended

    def _end_unheld(self, token: str) -> Operation[None]:
        """Ends a session whose token nobody gets. If Redis is out, its idle timeout ends it."""
        try:
            yield from destroy(self._parts, token)
        except StoreUnavailableError:
            pass
