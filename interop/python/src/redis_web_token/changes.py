"""What changes the session of one token. See SPEC.md, "Operations" and "Sign"."""

import inspect
import os
from typing import Any

from . import base64url, replies
from .check import boolean, range_error, type_error, whole_number
from .errors import RotationLimitError, StoreUnavailableError
from .index import drop
from .json_text import read_json, write_json
from .lines import place_of
from .memo import Opened
from .redis_keys import PersonKeys, SessionKeys, session_keys
from .settings import read_expire, read_subject
from .steps import Await, Operation, run_script, send, short_pause
from .token import OpenedToken, mint, successor
from .values import lines_of, new_session
from .verify import Parts, data_line, read_snapshot, seconds, subject_of

# How often an update by a function is tried while others change the session, and the longest wait in between, in seconds.
_ATTEMPTS = 1000
_LONGEST_WAIT = 0.05


def sign(
    parts: Parts,
    data: object,
    *,
    expire: int | None,
    max_lifetime: int | None,
    subject: str | None,
    meta: dict[str, Any] | None,
) -> Operation[str]:
    settings = parts.settings
    lifetime = settings.max_lifetime
    if max_lifetime is not None:
        lifetime = whole_number("max_lifetime", "seconds", max_lifetime, settings.max_lifetime)
    idle = min(settings.expire, lifetime) if expire is None else read_expire(expire, lifetime)
    facts = _write_facts(subject, meta)
    text = write_json("data", data)
    keys = settings.ring[0]
    now = settings.now()
    person = None if subject is None else keys.person_of(subject)
    token, opened = mint(keys, deadline=now + lifetime, expire=idle, person=person)
    names = session_keys(settings.prefix, opened)
    iat = f"{now:010d}"
    first = parts.lines.write(keys, place_of(names.session, 2, iat), facts)
    second = parts.lines.write(keys, place_of(names.session, 3), text)
    if person is None:
        yield from _create(names.session, new_session(iat, first, second), idle)
    else:
        owner = PersonKeys(settings.prefix, person)
        yield from _create_of_person(parts, opened, names, owner, iat, f"\n{first}\n{second}")
    return token


def _write_facts(subject: object, meta: object) -> str:
    """Line 2 of a session."""
    facts = []
    if subject is not None:
        facts.append('"sub":' + write_json("subject", read_subject(subject, "not be empty: leave it out")))
    if meta is not None:
        if not isinstance(meta, dict):
            raise type_error("meta", "a JSON object", meta)
        facts.append('"meta":' + write_json("meta", meta))
    return "{" + ",".join(facts) + "}"


def _create(key: str, value: str, expire: int) -> Operation[None]:
    reply = yield from send("SET", key, value, "EX", seconds(expire), "NX")
    if reply is True or reply == "OK":
        return
    # A client that sends again after a lost reply meets its own first write here.
    if reply is not None or (yield from send("GET", key)) != value:
        raise StoreUnavailableError("reply")


def _create_of_person(
    parts: Parts, opened: OpenedToken, names: SessionKeys, person: PersonKeys, iat: str, lines: str
) -> Operation[None]:
    now = str(parts.settings.now())
    # No limit of sessions, which TypeScript's services enforce.
    limit, ends_oldest = "0", "0"
    args = [iat, str(opened.deadline), random_epoch(), seconds(opened.expire), names.member, lines]
    args += ["1" if parts.lines.seals else "0", limit, ends_oldest, now]
    reply = replies.many((yield from run_script("sign", names.all, args)), 2)
    replies.word(reply[0], ("created",))
    yield from drop(person, replies.texts(reply[1]))


def random_epoch() -> str:
    """8 random bytes, which the scripts add to the current epoch."""
    return base64url.encode(os.urandom(8))


def extend(parts: Parts, token: object, expire: int | None) -> Operation[bool]:
    if expire is not None:
        whole_number("expire", "seconds", expire)
    opened = parts.open(token)
    if opened is None:
        return False
    now = parts.settings.now()
    return replies.flag((yield from parts.run("extend", opened, seconds(opened.ttl(now, expire)), str(now))))


def destroy(parts: Parts, token: object) -> Operation[bool]:
    opened = parts.open(token)
    if opened is None:
        return False
    return replies.flag((yield from run_script("destroy", opened.all, [opened.member, "1"], False)))


def update(parts: Parts, token: object, data: object) -> Operation[bool]:
    if callable(data):
        opened = parts.open(token)
        return opened is not None and (yield from _change(parts, opened, data))
    text = write_json("data", data)
    opened = parts.open(token)
    return opened is not None and (yield from _replace(parts, opened, text, "")) == "1"


def _change(parts: Parts, opened: Opened, change: Any) -> Operation[bool]:
    """Reads, changes and writes the data. Tries again if another change came in between."""
    for attempt in range(_ATTEMPTS):
        found = yield from read_snapshot(opened)
        line = None if found is None else data_line(parts, found)
        if found is None or line is None:
            return False
        data = change(read_json(line))
        if inspect.isawaitable(data):
            data = yield Await(data)
        outcome = yield from _replace(parts, opened, write_json("data", data), found.headers.state)
        if outcome != "2":
            return outcome == "1"
        # Wait longer after each attempt, so that with many callers each gets its turn.
        yield short_pause(min(0.002 * attempt, _LONGEST_WAIT))
    message = f"the session was changed by others {_ATTEMPTS} times in a row: retry"
    raise StoreUnavailableError("server", message)


def _replace(parts: Parts, opened: Opened, text: str, state: str) -> Operation[str]:
    """Replies 1; 0 if the session isn't live; 2 if it isn't in the state that was read (any, if empty)."""
    place = place_of(opened.session, 3)
    line, rewritten = parts.lines.write(opened.keys, place, text), parts.lines.rewrite(opened.keys, place, text)
    args = [line, rewritten, state, str(parts.settings.now())]
    reply = yield from parts.run("update", opened, *args, may_repeat=state == "")
    return replies.word(str(replies.whole(reply)), ("0", "1", "2"))


def rotate(parts: Parts, token: object, *, grace: int, retry: bool) -> Operation[str | None]:
    grace = whole_number("grace", "seconds", grace, 3600, 0)
    if not boolean("retry", retry) and grace > 0:
        raise range_error("grace", "be 0 if retry is false, since the old token then ends at once")
    opened = parts.open(token)
    if opened is None:
        return None
    now = parts.settings.now()
    args = [str(grace), "1" if retry else "0", seconds(opened.ttl(now)), str(now)]
    reply = replies.many((yield from parts.run("rotate", opened, *args, may_repeat=retry)))
    first, detail = [*reply, None, None][:2]
    status = replies.word(first, ("rotated", "reuse", "late", "ended", "limit"))
    if status == "rotated":
        return successor(opened.keys, str(token), replies.whole(detail))
    if status == "reuse":
        parts.tell_of_reuse(subject_of(parts, opened, lines_of(detail)) if isinstance(detail, str) else None)
    if status == "limit":
        raise RotationLimitError("the token has been rotated 65,535 times: sign the user in again")
    return None

