"""Lists a person's live sessions, page by page, latest deadline first."""

import re
from dataclasses import dataclass

from . import base64url, replies
from .authentication import parse_auth
from .check import range_error, token_or_none, type_error, whole_number
from .errors import StoreUnavailableError
from .index import drop
from .person import person_keys
from .public_id import id_of, lookup_of
from .redis_keys import PersonKeys
from .secret_keys import SecretKeys
from .session import SessionInfo, SessionList
from .steps import Operation, send, send_all
from .token import open_token
from .values import agree, lines_of, read_person
from .verify import Parts, open_proof, read_facts

# A member of an index, the session's name, with its deadline.
Member = tuple[str, int]

# How often to look for the cursor's session, whose position changes as sessions start and end.
_ATTEMPTS = 3
_CURSOR = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,13})\.([A-Za-z0-9_-]{21}[AQgw]))?")


@dataclass(frozen=True, slots=True, repr=False)
class _Page:
    """A page of an index, and the member after which the next page begins, if there may be one."""

    members: list[Member]
    next: Member | None


def list_sessions(
    parts: Parts, subject: object, *, limit: object, cursor: object, current: object
) -> Operation[SessionList]:
    most = whole_number("limit", "sessions", limit, 1000)
    if cursor is not None and not isinstance(cursor, str):
        raise type_error("cursor", "text", cursor)
    own = open_token(parts.settings.ring, token_or_none("current", current))
    shelves = [*zip(person_keys(parts, subject), parts.settings.ring)]
    at, after = _read_cursor(cursor, parts.settings.ring)
    found: list[SessionInfo] = []
    for position in range(at, len(shelves)):
        person, keys = shelves[position]
        page = yield from _page_of(person, most - len(found), after)
        after = None
        mine = base64url.encode(own.lookup) if own is not None and own.keys is keys else None
        found += yield from _sessions_of(parts, person, keys, page.members, mine)
        if page.next is not None:
            return SessionList(found, _write_cursor(position, page.next, keys))
        if len(found) >= most and position + 1 < len(shelves):
            return SessionList(found, str(position + 1))
    return SessionList(found, None)


def _page_of(keys: PersonKeys, limit: int, after: Member | None) -> Operation[_Page]:
    """Reads a page of an index in one round trip, or two with a cursor. It is empty if there is no person."""
    exists = ["GET", keys.person]
    if after is None:
        owner, reply = yield from send_all([exists, _range_of(keys.index, 0, limit)])
        return _page([] if replies.text(owner) is None else replies.members(reply), limit)
    for _ in range(_ATTEMPTS):
        owner, rank = yield from send_all([exists, ["ZREVRANK", keys.index, after[0]]])
        if replies.text(owner) is None:
            return _page([], limit)
        if rank is None:
            break
        # Read the cursor's session too, since its position may have changed.
        reply = yield from send(*_range_of(keys.index, replies.whole(rank), limit + 1))
        found = replies.members(reply)
        at = next((i for i, (name, _) in enumerate(found) if name == after[0]), -1)
        is_full = len(found) > limit
        # If new sessions fill the whole page, it doesn't show what comes after the cursor.
        if at >= 0 and not (is_full and at == limit):
            return _page(found[at + 1 :], 1 if is_full else limit)
    return (yield from _page_behind_missing(keys.index, limit, after))


def _page_behind_missing(index: str, limit: int, after: Member) -> Operation[_Page]:
    """Finds the position of a cursor whose session has ended: by its deadline, and among equal deadlines by its name."""
    name, deadline = after
    size = 2 * limit
    while True:
        # Always start at the first session of that deadline, since others may end meanwhile.
        words = ["ZRANGE", index, str(deadline), "-inf", "BYSCORE", "REV", "LIMIT", "0", str(size), "WITHSCORES"]
        found = replies.members((yield from send(*words)))
        behind = [each for each in found if each[1] < deadline or each[0] < name]
        is_full = len(found) == size or len(behind) > limit
        if behind or not is_full:
            return _page(behind[:limit], 1 if is_full else limit + 1)
        size *= 2


def _sessions_of(
    parts: Parts, keys: PersonKeys, secret: SecretKeys, members: list[Member], current: str | None
) -> Operation[list[SessionInfo]]:
    """Reads the live sessions among some members, in one round trip, and removes the ended ones from the index."""
    if not members:
        return []
    names = [keys.session(name) for name, _ in members]
    values, *lives = yield from send_all([["MGET", keys.person, *names], *(["PTTL", name] for name in names)])
    person, *sessions = [replies.text(each) for each in replies.many(values, len(names) + 1)]
    if person is not None:
        read_person(person)  # Raises if the person's key holds something else.
    found: list[SessionInfo] = []
    ended: list[str] = []
    now = parts.settings.now()
    for (name, deadline), key, session, left in zip(members, names, sessions, lives):
        try:
            headers = agree(session, person, True)
        except StoreUnavailableError:
            headers = None  # A session's key that holds something else must not fail the list.
        if headers is None or session is None:
            ended.append(name)
            continue
        # As in verify: the key may outlive the deadline by a fraction of a second.
        if deadline - now < 1:
            continue
        lines = lines_of(session)
        facts = read_facts(parts, key, lines)
        proof = open_proof(parts, key, lines)
        if facts is not None and proof is not None:
            idle = max(0, -(-replies.whole(left) // 1000))
            public = id_of(secret, base64url.decode(name) or b"")
            issued_at = int(headers.session.iat)
            is_current, auth = name == current, parse_auth(proof)
            found.append(
                SessionInfo(public, issued_at, deadline, idle, facts.meta, is_current, auth, facts.act)
            )
    yield from drop(keys, ended)
    return found


def _range_of(index: str, start: int, limit: int) -> list[str]:
    return ["ZRANGE", index, str(start), str(start + limit - 1), "REV", "WITHSCORES"]


def _page(members: list[Member], full: int) -> _Page:
    """`full` is the number of members from which on there may be a next page."""
    return _Page(members, members[-1] if members and len(members) >= full else None)


def _write_cursor(at: int, member: Member, keys: SecretKeys) -> str:
    """The position of the secret, and the deadline and public id of the session to go on after, which lists show too."""
    name, deadline = member
    return f"{at}.{deadline}.{id_of(keys, base64url.decode(name) or b'')}"


def _read_cursor(cursor: str | None, ring: tuple[SecretKeys, ...]) -> tuple[int, Member | None]:
    if cursor is None:
        return 0, None
    found = _CURSOR.fullmatch(cursor)
    if found is None or int(found[1]) >= len(ring):
        raise range_error("cursor", "be the one that list returned with the previous page")
    at = int(found[1])
    if found[3] is None:
        return at, None
    return at, (base64url.encode(lookup_of(ring[at], found[3])), int(found[2]))
