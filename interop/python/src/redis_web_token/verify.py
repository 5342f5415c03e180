"""Finds out whether a token is live. See SPEC.md, "Verify"."""

from dataclasses import dataclass
from typing import Any

from . import replies
from .errors import StoreUnavailableError
from .json_text import read_json
from .lines import Lines, place_of
from .redis_keys import SessionKeys, session_keys
from .session import Session, SessionEvent
from .settings import Settings
from .steps import Operation, run_script, send, send_all
from .token import OpenedToken, open_token
from .values import Headers, agree, iat_in, line_of


@dataclass(frozen=True, slots=True, repr=False)
class Parts:
    """What every operation needs."""

    settings: Settings
    lines: Lines

    def open(self, token: object) -> OpenedToken | None:
        """Opens a token that may still be live. Nothing else costs a command."""
        opened = open_token(self.settings.ring, token)
        return None if opened is None or opened.deadline - self.settings.now() < 1 else opened

    def keys_of(self, token: OpenedToken) -> SessionKeys:
        return session_keys(self.settings.prefix, token)

    def run(self, script: str, token: OpenedToken, *args: str, may_repeat: bool = True) -> Operation[object]:
        """Runs a script over a session and its person, whose first argument is the token's generation."""
        return run_script(script, self.keys_of(token).pair, [str(token.generation), *args], may_repeat)

    def tell_of_reuse(self, subject: str | None) -> None:
        if self.settings.on_event is None:
            return
        try:
            self.settings.on_event(SessionEvent("token_reuse", subject))
        except Exception:
            pass  # A listener's failure must not become an answer about the token.


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """The values of a session and its person, read at the same moment, whose headers agree."""

    keys: SessionKeys
    session: str
    person: str | None
    headers: Headers


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """Line 2 of a session."""

    subject: str | None
    meta: dict[str, Any] | None


def verify(parts: Parts, token: object) -> Operation[Session | None]:
    opened = parts.open(token)
    if opened is None:
        return None
    now = parts.settings.now()
    slide_to = opened.ttl(now) if parts.settings.verify_extends_token else None
    found = yield from read_snapshot(parts, opened, slide_to)
    if found is None:
        return None
    verdict = yield from _judge(parts, opened, found.headers)
    if verdict == "ended":
        return None
    if verdict == "reuse":
        parts.tell_of_reuse(subject_of(parts, found.keys, found.session))
        return None
    data = read_data(parts, found)
    facts = read_facts(parts, found.keys.session, found.session)
    if facts is None or data is None:
        return None
    issued_at = int(found.headers.session.iat)
    return Session(data.value, facts.subject, facts.meta, issued_at, opened.deadline, opened.expire)


def read_snapshot(parts: Parts, opened: OpenedToken, slide_to: int | None = None) -> Operation[Snapshot | None]:
    """Reads a session and its person in one round trip. None unless they agree."""
    keys = parts.keys_of(opened)
    session: str | None
    person: str | None = None
    if keys.person is None:
        words = ["GET", keys.session] if slide_to is None else ["GETEX", keys.session, "EX", seconds(slide_to)]
        session = replies.text((yield from send(*words)))
    else:
        commands = [["MGET", *keys.pair]]
        if slide_to is not None:
            commands.insert(0, ["EXPIRE", keys.session, seconds(slide_to)])
        answers = yield from send_all(commands)
        session, person = (replies.text(each) for each in replies.many(answers[-1], 2))
    headers = agree(session, person, keys.person is not None)
    return None if headers is None or session is None else Snapshot(keys, session, person, headers)


def _judge(parts: Parts, opened: OpenedToken, headers: Headers) -> Operation[str]:
    """Judges a token's generation: live, ended, or reused after its rotation, which ends the session."""
    now = str(parts.settings.now())
    present = headers.session.generation
    if opened.generation < present:
        verdict = replies.word((yield from parts.run("older", opened, now)), ("live", "late", "reuse", "ended"))
        return "ended" if verdict == "late" else verdict
    if opened.generation > present or not headers.session.is_used:
        try:
            # Records the first use of a generation, which ends the life of the one before.
            yield from parts.run("use", opened, now)
        except StoreUnavailableError:
            pass  # The token is live all the same, and the next check records its use.
    return "live"


@dataclass(frozen=True, slots=True, repr=False)
class Data:
    """A session's data, which may be any JSON value."""

    value: Any


def read_data(parts: Parts, found: Snapshot) -> Data | None:
    """None for a line that isn't the one that was stored."""
    keys = found.keys
    if found.headers.is_behind and keys.person is not None and found.person is not None:
        line = parts.lines.open(place_of(keys.person.person, 2), line_of(found.person, 2))
    else:
        line = parts.lines.open(place_of(keys.session, 3), line_of(found.session, 3))
    return None if line is None else Data(read_json(line))


def read_facts(parts: Parts, key: str, session: str) -> Facts | None:
    """Subject and meta of a session's value. None for a line of another shape, or one that doesn't decrypt."""
    line = parts.lines.open(place_of(key, 2, iat_in(session)), line_of(session, 2))
    facts = None if line is None else read_json(line)
    if not isinstance(facts, dict):
        return None
    if not isinstance(facts.get("sub", ""), str) or not isinstance(facts.get("meta", {}), dict):
        return None
    return Facts(facts.get("sub"), facts.get("meta"))


def subject_of(parts: Parts, keys: SessionKeys, session: str) -> str | None:
    """The subject of a session that has ended, if this service can read it."""
    try:
        facts = read_facts(parts, keys.session, session)
    except StoreUnavailableError:
        return None  # It must not hide the theft.
    return None if facts is None else facts.subject


def seconds(ttl: int) -> str:
    """The last guard against keys without an expiry."""
    if ttl < 1:
        raise AssertionError("a life of less than a second")
    return str(ttl)
