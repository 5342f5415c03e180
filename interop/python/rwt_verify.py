"""Verifies RWT tokens (wire format 1, see SPEC.md) in one round trip. Forged and expired tokens cost none."""
import base64
import collections
import hmac
import json
import pathlib
import re
import time

import redis

# The folder with older.lua and use.lua. If you copy this file, copy them too.
SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "php" / "lua"

SESSION = re.compile(
    rb"1 ([0-9]{10}) ([A-Za-z0-9_-]{11}) ([0-9]{5}) ([0-9]) [0-9]{10} [0-9]{10} ([0-9]{8}) [0-9]{8}"
)
PERSON = re.compile(rb"1 ([A-Za-z0-9_-]{11}) ([0-9]{8})")
OTHER_VERSION = re.compile(rb"(?!1 )[0-9]+ ")
NO_EPOCH = b"-" * 11

Keys = collections.namedtuple("Keys", "kid token lookup subject")  # derived from one secret
Opened = collections.namedtuple("Opened", "deadline expire generation person lookup")  # what a token says
Header = collections.namedtuple("Header", "iat epoch generation is_used serial")  # line 1 of a session


class Unavailable(Exception):
    """Nobody knows whether the token is live: answer 503, never 401. The text shows no key and no value."""


def _mac(key, message):
    return hmac.digest(key, message, "sha256")


def _base64url(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def derive(secret):
    """The keys of a secret, text or bytes, of 32 bytes or more. Derive them once; a ring is a list of them."""
    secret = secret.encode() if isinstance(secret, str) else bytes(secret)
    if len(secret) < 32:
        raise ValueError("a secret must be at least 32 bytes long")
    # HKDF (RFC 5869) with an empty salt, which stands for 32 zeros. One block is enough for each key.
    extracted = _mac(bytes(32), secret)
    names = (b"kid", b"token", b"lookup", b"subject")
    kid, token, lookup, subject = (_mac(extracted, b"rwt/1/%s\x01" % name) for name in names)
    return Keys(kid[0], token, lookup, subject)


def person_of(keys, subject):
    """The 12 bytes that stand for a subject."""
    return _mac(keys.subject, subject.encode())[:12]


def open_token(ring, token):
    """What a token says; None unless a secret of the ring signed it. Asks neither Redis nor the clock."""
    if not isinstance(token, str) or not re.fullmatch("rwt_[A-Za-z0-9_-]{76}", token):
        return None
    raw = base64.urlsafe_b64decode(token[4:])
    body, tag = raw[:41], raw[41:]
    expire = int.from_bytes(body[7:11], "big")
    if body[0] != 1 or expire == 0:
        return None
    for keys in ring:
        # The kid is a hint: several secrets may have it.
        if keys.kid == body[1] and hmac.compare_digest(_mac(keys.token, body)[:16], tag):
            deadline, generation = int.from_bytes(body[2:7], "big"), int.from_bytes(body[11:13], "big")
            lookup = _mac(keys.lookup, body[25:41])
            person = bytes(a ^ b for a, b in zip(body[13:25], lookup[16:28]))
            return Opened(deadline, expire, generation, person if any(person) else None, lookup[:16])
    return None


def redis_keys(opened, prefix="rwt:"):
    """The Redis keys of a token: its session's, and its person's where it has one."""
    base = f"{prefix}{{{(opened.person or opened.lookup)[:2].hex()}}}:"
    session = f"{base}s:{_base64url(opened.lookup)}"
    return [session] if opened.person is None else [session, f"{base}p:{_base64url(opened.person)}"]


def _match(shape, value):
    """The fields of a header; None for a value of another version. Anything else is no answer."""
    found = shape.match(value)
    if found is None and not OTHER_VERSION.match(value):
        raise Unavailable("the value is not one of this format")
    return found and found.groups()


def read_headers(session, person, has_person):
    """The session's header and its person's serial; None where they don't agree, so that the session has ended."""
    fields = None if session is None else _match(SESSION, session)
    if fields is None:
        return None
    iat, epoch, generation, state, serial = fields
    header = Header(int(iat), epoch, int(generation), int(state) % 2 == 1, int(serial))
    if not has_person:
        return (header, 0) if epoch == NO_EPOCH else None
    owner = None if person is None else _match(PERSON, person)
    if owner is None or owner[0] != epoch or epoch == NO_EPOCH:
        return None
    return header, int(owner[1])


def _parse(value, number):
    """The JSON of a value's line. A value may have further lines, and text in it may hold other line separators."""
    lines = value.split(b"\n", 3)
    line = lines[number - 1] if len(lines) >= number else b""
    if line.startswith(b"e1."):
        raise Unavailable("the session is encrypted, and this verifier can't decrypt")
    try:
        return json.loads(line.decode(), parse_constant=int)  # int refuses NaN and Infinity
    except (ValueError, RecursionError):
        raise Unavailable("a line of the value is not JSON") from None


def decode(session, person, header, serial):
    """Subject, meta and data of a session; None for a session of another shape."""
    facts = _parse(session, 2)
    # updateAll writes newer data to the person.
    data = _parse(person, 2) if serial > header.serial else _parse(session, 3)
    if not isinstance(facts, dict):
        return None
    if not isinstance(facts.get("sub", ""), str) or not isinstance(facts.get("meta", {}), dict):
        return None
    return {"data": data, "subject": facts.get("sub"), "meta": facts.get("meta"), "issuedAt": header.iat}


def _fetch(client, keys, slide_to):
    if len(keys) == 1:
        return [client.getex(keys[0], ex=slide_to) if slide_to else client.get(keys[0]), None]
    if not slide_to:
        return client.mget(keys)
    both = client.pipeline(transaction=False)  # one round trip
    both.expire(keys[0], slide_to)
    both.mget(keys)
    return both.execute()[1]


def _is_present(client, keys, opened, header):
    """Whether a token's generation lives. Reuse of an older one means that it was stolen, and ends the session."""

    def run(name):
        script = (SCRIPTS / f"{name}.lua").read_text()
        return client.eval(script, len(keys), *keys, opened.generation, int(time.time()))

    if opened.generation < header.generation:
        return run("older") in (b"live", "live")
    if opened.generation > header.generation or not header.is_used:
        try:
            run("use")  # ends the life of the generation before
        except redis.RedisError:
            pass  # the token is live all the same, and the next check records its use
    return True


def verify(client, ring, token, *, prefix="rwt:", slide=False):
    """The live session of a token, or None. slide restarts its idle timeout. Raises Unavailable if Redis is out."""
    opened = open_token(ring, token)
    left = opened.deadline - int(time.time()) if opened else 0
    if left < 1:
        return None
    keys = redis_keys(opened, prefix)
    try:
        values = _fetch(client, keys, min(opened.expire, left) if slide else None)
        session, person = (each.encode() if isinstance(each, str) else each for each in values)
        headers = read_headers(session, person, len(keys) == 2)
        if headers is None or not _is_present(client, keys, opened, headers[0]):
            return None
    except (redis.RedisError, UnicodeDecodeError) as error:
        raise Unavailable(type(error).__name__) from None
    found = decode(session, person, *headers)
    return found and {**found, "deadline": opened.deadline, "expire": opened.expire}
