"""Verifies Redis Web Tokens (SPEC.md). Needs Python 3.9 and the package redis; copy it, or learn from it."""
import base64, hashlib, hmac, json, re, time
from typing import Any, NamedTuple, Optional


class Unavailable(Exception):
    """Redis gave no answer that makes sense: not a logout. Other outages are exceptions of the package redis."""


Keys = NamedTuple("Keys", [("kid", int), ("token", bytes), ("subject", bytes)])
# deadline in Unix seconds, expire in seconds; slot and lookup are parts of the Redis key.
Opened = NamedTuple("Opened", [("deadline", int), ("expire", int), ("slot", bytes), ("lookup", str)])


def derive(secret: bytes) -> Keys:
    """HKDF-SHA-256 with an empty salt (RFC 5869); each key is within the first block."""
    prk = hmac.digest(bytes(32), secret, hashlib.sha256)
    key = lambda name: hmac.digest(prk, b"rwt/1/" + name + b"\x01", hashlib.sha256)
    return Keys(key(b"kid")[0], key(b"token"), key(b"subject"))


def open_token(ring: list, token: str) -> Optional[Opened]:
    """Checks the tag, which takes no Redis; not the deadline. None for what none of the ring's keys signed."""
    if not re.fullmatch(r"rwt_[A-Za-z0-9_-]{64}", token):
        return None
    raw = base64.urlsafe_b64decode(token[4:])
    body, tag = raw[:32], raw[32:]
    deadline, expire = int.from_bytes(body[2:7], "big"), int.from_bytes(body[7:11], "big")
    for keys in ring if body[0] == 1 and expire > 0 else []:
        mac = hmac.digest(keys.token, body, hashlib.sha256)
        if keys.kid == body[1] and hmac.compare_digest(mac[:16], tag):
            return Opened(deadline, expire, body[11:13], base64.urlsafe_b64encode(mac[16:]).decode().rstrip("="))
    return None


def decode(value: str, deadline: int) -> Optional[dict]:
    """Reads a session value. None where it is not the session that was signed."""
    try:
        session: Any = json.loads(value)
    except ValueError:
        session = None
    if not isinstance(session, dict):
        raise Unavailable("the store gave no session value")
    right = session.get("v") == 1 and session["v"] is not True and session.get("exp") == deadline
    right = right and type(session.get("iat")) is int
    typed = isinstance(session.get("sub", ""), str) and isinstance(session.get("meta", {}), dict)
    return session if right and typed and "data" in session else None


def verify(redis: Any, ring: list, token: str, prefix: str = "rwt:", slide: bool = False) -> Optional[dict]:
    """The live session (its "data" is what was signed), or None. With slide its idle time starts anew. One command."""
    opened = open_token(ring, token)
    left = opened.deadline - int(time.time()) if opened else 0
    if opened is None or left < 1:
        return None
    key = f"{prefix}{{{opened.slot.hex()}}}:s:{opened.lookup}"
    value = redis.getex(key, ex=min(opened.expire, left)) if slide else redis.get(key)
    return None if value is None else decode(value if isinstance(value, str) else value.decode(), opened.deadline)
