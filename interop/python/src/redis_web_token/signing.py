"""Starts a session. See SPEC.md, "Sign"."""

from collections.abc import Mapping, Sequence
from typing import Any

from . import replies
from .authentication import write_actor, write_auth
from .check import array, type_error, whole_number
from .errors import StoreUnavailableError
from .json_text import write_json
from .lines import place_of
from .person_signing import create_of_person, random_epoch
from .redis_keys import PersonKeys, session_keys
from .settings import read_expire, read_subject
from .steps import Operation, send
from .token import mint
from .values import new_session
from .verify import Parts, seconds


def sign(
    parts: Parts,
    data: object,
    *,
    expire: int | None,
    max_lifetime: int | None,
    subject: str | None,
    meta: dict[str, Any] | None,
    auth: Mapping[str, Any] | None = None,
    act: dict[str, Any] | None = None,
    replaces: Sequence[str] = (),
) -> Operation[str]:
    settings = parts.settings
    lifetime = settings.max_lifetime
    if max_lifetime is not None:
        lifetime = whole_number("max_lifetime", "seconds", max_lifetime, settings.max_lifetime)
    idle = min(settings.expire, lifetime) if expire is None else read_expire(expire, lifetime)
    facts = _write_facts(subject, meta, act)
    now = settings.now()
    proof = None if auth is None else write_auth(auth, now)
    uncounted = _members_of(parts, replaces)
    text = write_json("data", data)
    keys = settings.ring[0]
    person = None if subject is None else keys.person_of(subject)
    token, opened = mint(keys, deadline=now + lifetime, expire=idle, person=person)
    names = session_keys(settings.prefix, opened)
    iat = f"{now:010d}"
    written = [(place_of(names.session, 2, iat), facts), (place_of(names.session, 3), text)]
    if proof is not None:
        written.append((place_of(names.session, 4), proof))
    lines = "".join("\n" + parts.lines.write(keys, place, each) for place, each in written)
    if person is None:
        yield from _create(names.session, new_session(iat, lines), idle)
    else:
        args = [iat, str(opened.deadline), random_epoch(), seconds(opened.expire), names.member, lines]
        owner = PersonKeys(settings.prefix, person)
        yield from create_of_person(parts, names, owner, args, uncounted)
    return token


def _write_facts(subject: object, meta: object, act: object) -> str:
    """Line 2 of a session."""
    facts = []
    if subject is not None:
        facts.append('"sub":' + write_json("subject", read_subject(subject, "not be empty: leave it out")))
    if meta is not None:
        if not isinstance(meta, dict):
            raise type_error("meta", "a JSON object", meta)
        facts.append('"meta":' + write_json("meta", meta))
    if act is not None:
        facts.append('"act":' + write_actor(act))
    return "{" + ",".join(facts) + "}"


def _members_of(parts: Parts, replaces: object) -> list[str]:
    """The sessions that a sign-in replaces, which don't count against `max_sessions`."""
    tokens = array("replaces", replaces, "an array of tokens")
    found = [parts.open(each) for each in tokens] if parts.settings.limit else []
    return [opened.member for opened in found if opened is not None]


def _create(key: str, value: str, expire: int) -> Operation[None]:
    reply = yield from send("SET", key, value, "EX", seconds(expire), "NX")
    if replies.is_ok(reply):
        return
    # A client that sends again after a lost reply meets its own first write here.
    if reply is not None or (yield from send("GET", key)) != value:
        raise StoreUnavailableError("reply")
