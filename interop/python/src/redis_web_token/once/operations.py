"""What Redis does with one-time tokens and codes. No write is sent twice: the second would find nothing, or count twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from .. import replies
from ..check import boolean, range_error, whole_number
from ..errors import StoreUnavailableError
from ..settings import Settings, read_subject
from ..steps import Operation, run_script, send
from .tokens import (
    PurposeKeys,
    looks_like_code,
    open_once_token,
    random_code,
    shelves_of,
    write_once_token,
)
from .values import OnceFound, read_value, write_contents, write_value

# A year: a link that lives longer should be a session.
_MOST_SECONDS = 31_536_000
# The limit of NIST SP 800-63B for failed attempts in a row.
_MOST_ATTEMPTS = 100
# The script's reply for a wrong proof. No value begins with it.
_WRONG = "wrong"


@dataclass(frozen=True, slots=True, repr=False)
class OnceParts:
    """What every operation needs."""

    settings: Settings
    # The keys of the purpose, the newest secret's first.
    ring: Sequence[PurposeKeys]
    expire: int


def read_expire(value: object) -> int:
    return whole_number("expire", "seconds", value, _MOST_SECONDS)


def issue(parts: OnceParts, data: object, *, subject: object, replaces: object, expire: object) -> Operation[str]:
    whose = None if subject is None else read_subject(subject)
    if boolean("replaces", replaces) and whose is None:
        raise range_error("replaces", "have a subject, whose older token it replaces")
    life = parts.expire if expire is None else read_expire(expire)
    contents = write_contents(whose, data)
    prefix = parts.settings.prefix
    shelves = shelves_of(parts.ring, prefix, whose) if replaces and whose is not None else []
    issued_at = parts.settings.now()
    deadline = issued_at + life
    person = shelves[0].person if shelves else None
    token, made = write_once_token(parts.ring[0], prefix, deadline=deadline, expire=life, person=person)
    yield from _put(made.key, write_value(issued_at, deadline, 0, made.proof, contents), life)
    yield from _remove([shelf.redis.token for shelf in shelves[1:]])
    return token


def peek(parts: OnceParts, token: object) -> Operation[OnceFound | None]:
    opened = open_once_token(parts.ring, parts.settings.prefix, parts.settings.now(), token)
    if opened is None:
        return None
    value = replies.text((yield from send("GET", opened.key)))
    return None if value is None else read_value(value, opened.proof)


def consume(parts: OnceParts, token: object) -> Operation[OnceFound | None]:
    opened = open_once_token(parts.ring, parts.settings.prefix, parts.settings.now(), token)
    if opened is None:
        return None
    if opened.is_replaceable:
        # A newer token may lie at a subject's key, and must stay there.
        value = yield from _take(opened.key, opened.proof)
    else:
        value = replies.text((yield from send("GETDEL", opened.key, may_repeat=False)))
    return None if value is None or value == _WRONG else read_value(value, opened.proof)


def issue_code(
    parts: OnceParts, subject: object, data: object, *, attempts: object, digits: object, expire: object
) -> Operation[str]:
    whose = read_subject(subject)
    guesses = whole_number("attempts", "guesses", attempts, _MOST_ATTEMPTS)
    code = random_code(whole_number("digits", "digits", digits, 12, 6))
    life = parts.expire if expire is None else read_expire(expire)
    contents = write_contents(None, data)
    newest, *older = shelves_of(parts.ring, parts.settings.prefix, whose)
    proof = newest.keys.hash_of(newest.person, code)
    issued_at = parts.settings.now()
    value = write_value(issued_at, issued_at + life, guesses, proof, contents)
    yield from _put(newest.redis.code, value, life)
    yield from _remove([shelf.redis.code for shelf in older])
    return code


def consume_code(parts: OnceParts, subject: object, code: object) -> Operation[OnceFound | None]:
    whose = read_subject(subject)
    if not looks_like_code(code):
        return None
    for shelf in shelves_of(parts.ring, parts.settings.prefix, whose):
        proof = shelf.keys.hash_of(shelf.person, str(code))
        value = yield from _take(shelf.redis.code, proof)
        if value == _WRONG:
            return None
        found = None if value is None else read_value(value, proof)
        if found is not None:
            return OnceFound(found.data, whose, found.issued_at, found.expires_at)
    return None


def revoke_all(parts: OnceParts, subject: object) -> Operation[bool]:
    ended = 0
    # The newest last, so that no failure leaves an older secret's token behind a newer one that has ended.
    for shelf in reversed(shelves_of(parts.ring, parts.settings.prefix, read_subject(subject))):
        reply = yield from send("DEL", shelf.redis.token, shelf.redis.code, may_repeat=False)
        ended += replies.whole(reply)
    return ended > 0


def _put(key: str, value: str, life: int) -> Operation[None]:
    reply = yield from send("SET", key, value, "EX", str(life), may_repeat=False)
    if not replies.is_ok(reply):
        raise StoreUnavailableError("reply")


def _take(key: str, proof: str) -> Operation[str | None]:
    """Takes away what lies at a subject's key. `_WRONG` if it has another proof, None if there is nothing."""
    return replies.text((yield from run_script("once", [key], [proof], False)))


def _remove(keys: Sequence[str]) -> Operation[None]:
    """Removes what older secrets hold for the subject, after the new value is there: of two services whose rings differ in order,
    neither then leaves both values."""
    for key in keys:
        yield from send("DEL", key, may_repeat=False)
