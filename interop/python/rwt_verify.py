"""Verifies RWT tokens (wire format 1, see SPEC.md): one Redis command, none for a forged or a dead one."""
import base64, collections, hmac, json, re, time
import redis

Keys = collections.namedtuple("Keys", "kid token subject")  # what is derived from one secret
Opened = collections.namedtuple("Opened", "deadline expire slot lookup")  # what a token that was found right says

class Unavailable(Exception):
    """Whether the token is live is not known: answer 503, never 401. The text shows no key and no value."""

def _mac(key, text): return hmac.digest(key, text, "sha256")
def _base64url(raw): return base64.urlsafe_b64encode(raw).decode().rstrip("=")
def _number(value): return value if type(value) in (int, float) else None  # not True, which equals 1 in Python

def derive(secret):
    """The keys of a secret: text or bytes, 32 bytes or more. Derive them once; a ring is a list of them."""
    secret = secret.encode() if isinstance(secret, str) else bytes(secret)
    if len(secret) < 32: raise ValueError("a secret must be at least 32 bytes long")
    extracted = _mac(bytes(32), secret)  # HKDF, RFC 5869: an empty salt is 32 zeros, and one block will do
    kid, token, subject = (_mac(extracted, b"rwt/1/%s\x01" % name) for name in (b"kid", b"token", b"subject"))
    return Keys(kid[0], token, subject)

def hash_subject(keys, subject):
    """A subject's slot, in hex, and the id of its index."""
    digest = _mac(keys.subject, subject.encode())
    return digest[:2].hex(), _base64url(digest[2:18])

def open_token(ring, token):
    """What a token says; None where no key of the ring signed it. Asks neither Redis nor the clock."""
    if not isinstance(token, str) or not re.fullmatch("rwt_[A-Za-z0-9_-]{64}", token): return None
    raw = base64.urlsafe_b64decode(token[4:])
    deadline, expire = int.from_bytes(raw[2:7], "big"), int.from_bytes(raw[7:11], "big")
    if raw[0] != 1 or expire == 0: return None
    for keys in (keys for keys in ring if keys.kid == raw[1]):  # a hint: several may have it
        mac = _mac(keys.token, raw[:32])
        if hmac.compare_digest(mac[:16], raw[32:]):
            return Opened(deadline, expire, raw[11:13].hex(), _base64url(mac[16:]))

def decode(value, deadline):
    """The session in a stored value; None where it isn't the signed one. Unavailable: it is no JSON object."""
    try: read = json.loads(value.decode() if isinstance(value, bytes) else value, parse_constant=int)  # no NaN
    except (ValueError, RecursionError): read = None
    if not isinstance(read, dict): raise Unavailable("the value is not a JSON object")
    iat, sub, meta = _number(read.get("iat")), read.get("sub", ""), read.get("meta", {})
    if _number(read.get("v")) != 1 or _number(read.get("exp")) != deadline or "data" not in read: return None
    if "end" in read and (_number(read["end"]) or 0) <= time.time(): return None  # it was rotated away
    if iat is None or iat % 1 or not isinstance(sub, str) or not isinstance(meta, dict): return None
    times = {"issuedAt": int(iat), "deadline": deadline}
    return {"data": read["data"], "subject": read.get("sub"), "meta": read.get("meta"), **times}

def verify(client, ring, token, *, prefix="rwt:", slide=False):
    """The live session of a token, or None. slide starts its idle time-out anew. Unavailable: Redis is out."""
    opened = open_token(ring, token)
    left = opened.deadline - int(time.time()) if opened else 0
    if left < 1: return None
    key = f"{prefix}{{{opened.slot}}}:s:{opened.lookup}"
    try: value = client.getex(key, ex=min(opened.expire, left)) if slide else client.get(key)
    except (redis.RedisError, UnicodeDecodeError) as error: raise Unavailable(type(error).__name__) from None
    session = None if value is None else decode(value, opened.deadline)
    return session and {**session, "expire": opened.expire}
