"""What changes the session of one token. See SPEC.md, "Operations"."""

import inspect
from collections.abc import Sequence
from typing import Any

from . import replies
from .authentication import write_auth
from .check import boolean, range_error, whole_number
from .errors import RotationLimitError, StoreUnavailableError
from .json_text import read_json, write_json
from .lines import place_of
from .memo import Opened
from .steps import Await, Operation, run_script, send, short_pause
from .token import MAX_GENERATION, successor
from .values import SessionHeader, lines_of
from .verify import Parts, data_line, read_snapshot, seconds, subject_of

# How often an update by a function is tried while others change the session, and the longest wait in between, in seconds.
_ATTEMPTS = 1000
_LONGEST_WAIT = 0.05


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
        # The function must not see the data of a session whose token was rotated away.
        if found is None or (yield from _is_rotated_away(parts, opened, found.headers.session)):
            return False
        line = data_line(parts, found)
        if line is None:
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


def _is_rotated_away(parts: Parts, opened: Opened, present: SessionHeader) -> Operation[bool]:
    """Whether the token was rotated and no longer counts. It decides as the script `older` does, but ends nothing."""
    if opened.generation >= present.generation:
        return False
    if opened.generation < present.generation - 1:
        return True
    if not present.is_used and not present.ended_at_once:
        return False
    return int(present.grace_end) <= (yield from _clock(parts))


def _clock(parts: Parts) -> Operation[int]:
    """Redis's clock, which decides when a token's grace ends, or the service's if Redis refuses TIME."""
    try:
        reply = yield from send("TIME")
    except StoreUnavailableError as failure:
        if failure.reason not in ("auth", "server"):
            raise
        return parts.settings.now()
    seconds = reply[0] if isinstance(reply, (list, tuple)) and reply else 0
    return int(seconds) if str(seconds).isdecimal() and int(seconds) > 0 else parts.settings.now()


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
    return (yield from _rotate(parts, opened, str(token), str(grace), retry, []))


def reauthenticate(parts: Parts, token: object, auth: object) -> Operation[str | None]:
    text = write_auth(auth, parts.settings.now())
    opened = parts.open(token)
    if opened is None:
        return None
    place = place_of(opened.session, 4)
    stamp = [parts.lines.write(opened.keys, place, text), parts.lines.rewrite(opened.keys, place, text)]
    return (yield from _rotate(parts, opened, str(token), "0", False, stamp))


def _rotate(
    parts: Parts, opened: Opened, token: str, grace: str, retry: bool, stamp: Sequence[str]
) -> Operation[str | None]:
    """`stamp` is line 4 to write, and the line instead if the session is encrypted; empty to keep it."""
    now = parts.settings.now()
    args = [grace, "1" if retry else "0", seconds(opened.ttl(now)), str(now), *stamp]
    reply = replies.many((yield from parts.run("rotate", opened, *args, may_repeat=retry)))
    first, detail = [*reply, None, None][:2]
    status = replies.word(first, ("rotated", "reuse", "late", "ended", "limit"))
    if status == "rotated":
        return successor(opened.keys, token, replies.whole(detail, MAX_GENERATION))
    if status == "reuse":
        parts.tell_of_reuse(subject_of(parts, opened, lines_of(detail)) if isinstance(detail, str) else None)
    if status == "limit":
        raise RotationLimitError("the token has been rotated 65,535 times: sign the user in again")
    return None
