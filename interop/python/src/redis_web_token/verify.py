"""Finds out whether a token is live. See SPEC.md, "Verify"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import replies
from .authentication import is_actor, parse_auth
from .errors import StoreUnavailableError
from .json_text import read_json
from .lines import Lines
from .memo import Memo, Opened
from .redis_keys import SessionKeys
from .session import Session, SessionEvent
from .settings import Settings
from .steps import Operation, run_script, send_all
from .values import Headers, SessionHeader, agree, auth_in, iat_in, line_in, lines_of


class Parts:
    """What every operation needs."""

    __slots__ = ("lines", "open", "settings")

    def __init__(self, settings: Settings, lines: Lines) -> None:
        self.settings = settings
        self.lines = lines
        # Nothing but what it opens costs a command.
        self.open = Memo(settings).open

    def run(self, script: str, token: Opened, *args: str, may_repeat: bool = True) -> Operation[object]:
        """Runs a script over a session and its person, whose first argument is the token's generation."""
        return run_script(script, token.pair, [str(token.generation), *args], may_repeat)

    def tell_of_reuse(self, subject: str | None) -> None:
        if self.settings.on_event is None:
            return
        try:
            self.settings.on_event(SessionEvent("token_reuse", subject))
        except Exception:
            pass  # A listener's failure must not become an answer about the token.


class Snapshot:
    """The values of a session and its person, read at the same moment, whose headers agree."""

    __slots__ = ("headers", "lines", "person", "person_key", "session_key")

    def __init__(
        self,
        session_key: str,
        lines: Sequence[str],
        person_key: str | None,
        person: str | None,
        headers: Headers,
    ) -> None:
        self.session_key = session_key
        # Of the session's value.
        self.lines = lines
        self.person_key = person_key
        # The person's value.
        self.person = person
        self.headers = headers


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """Line 2 of a session."""

    subject: str | None
    meta: dict[str, Any] | None
    act: dict[str, Any] | None


_NO_FACTS = Facts(None, None, None)


def verify(parts: Parts, token: object) -> Operation[Session | None]:
    opened = parts.open(token)
    if opened is None:
        return None
    slide_to = opened.ttl(parts.settings.now()) if parts.settings.verify_extends_token else None
    found = yield from read_snapshot(opened, slide_to)
    if found is None:
        return None
    header = found.headers.session
    if opened.generation != header.generation or not header.is_used:
        verdict = yield from _judge(parts, opened, header)
        if verdict == "ended":
            return None
        if verdict == "reuse":
            parts.tell_of_reuse(subject_of(parts, opened, found.lines))
            return None
    line = data_line(parts, found)
    data = None if line is None else read_json(line)
    facts = read_facts(parts, found.session_key, found.lines)
    proof = open_proof(parts, found.session_key, found.lines)
    if facts is None or line is None or proof is None:
        return None
    iat, auth = int(header.iat), parse_auth(proof)
    return Session(data, facts.subject, facts.meta, iat, opened.deadline, opened.expire, auth, facts.act)


def read_snapshot(opened: Opened, slide_to: int | None = None) -> Operation[Snapshot | None]:
    """Reads a session and its person in one round trip. None unless they agree."""
    key, owner = opened.session, opened.person
    session: str | None
    person: str | None = None
    if owner is None:
        words = ["GET", key] if slide_to is None else ["GETEX", key, "EX", seconds(slide_to)]
        try:
            [reply] = yield from send_all([words])
            session = replies.text(reply)
        except StoreUnavailableError as failure:
            # MGET replies nil for a key of another type, so GET's answer is the same.
            if failure._redis_code != "WRONGTYPE":
                raise
            return None
    else:
        commands = [["MGET", key, owner]]
        if slide_to is not None:
            commands.insert(0, ["EXPIRE", key, seconds(slide_to)])
        answers = yield from send_all(commands)
        session, person = (replies.text(each) for each in replies.many(answers[-1], 2))
    if session is None:
        return None
    headers = agree(session, person, owner is not None)
    return None if headers is None else Snapshot(key, lines_of(session), owner, person, headers)


def _judge(parts: Parts, opened: Opened, present: SessionHeader) -> Operation[str]:
    """Judges a token's generation: live, ended, or reused after its rotation, which ends the session."""
    now = str(parts.settings.now())
    if opened.generation < present.generation:
        verdict = replies.word((yield from parts.run("older", opened, now)), ("live", "late", "reuse", "ended"))
        return "ended" if verdict == "late" else verdict
    try:
        # Records the first use of a generation, which ends the life of the one before.
        yield from parts.run("use", opened, now)
    except StoreUnavailableError:
        pass  # The token is live all the same, and the next check records its use.
    return "live"


def data_line(parts: Parts, found: Snapshot) -> str | None:
    """The JSON of a session's data. None for a line that isn't the one that was stored."""
    if found.headers.is_behind and found.person_key is not None and found.person is not None:
        return parts.lines.open(line_in(lines_of(found.person), 2), found.person_key, 2)
    return parts.lines.open(line_in(found.lines, 3), found.session_key, 3)


def read_facts(parts: Parts, key: str, lines: Sequence[str]) -> Facts | None:
    """Subject and meta of a session's value. None for a line of another shape, or one that doesn't decrypt."""
    line = parts.lines.open(line_in(lines, 2), key, 2, iat_in(lines))
    if line == "{}":
        return _NO_FACTS
    facts = None if line is None else read_json(line)
    if not isinstance(facts, dict):
        return None
    if not isinstance(facts.get("sub", ""), str) or not isinstance(facts.get("meta", {}), dict):
        return None
    if "act" in facts and not is_actor(facts["act"]):
        return None
    return Facts(facts.get("sub"), facts.get("meta"), facts.get("act"))


def open_proof(parts: Parts, key: str, lines: Sequence[str]) -> str | None:
    """The JSON of line 4 of a session, empty if there is none. None for a line that doesn't decrypt: it isn't what was written."""
    line = auth_in(lines)
    return line and parts.lines.open(line, key, 4)


def subject_of(parts: Parts, keys: SessionKeys, lines: Sequence[str]) -> str | None:
    """The subject of a session that has ended, if this service can read it."""
    try:
        facts = read_facts(parts, keys.session, lines)
    except StoreUnavailableError:
        return None  # It must not hide the theft.
    return None if facts is None else facts.subject


def seconds(ttl: int) -> str:
    """The last guard against keys without an expiry."""
    if ttl < 1:
        raise AssertionError("a life of less than a second")
    return str(ttl)
