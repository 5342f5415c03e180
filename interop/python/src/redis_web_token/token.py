"""Tokens: making them, and opening them without asking Redis. See SPEC.md, "Token"."""

import base64
import hmac
import inspect
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from . import base64url
from .errors import OptionTypeError
from .secret_keys import TokenKeys

VERSION = 1
# What two bytes hold.
MAX_GENERATION = 65_535
_SHAPE = re.compile(r"rwt_[A-Za-z0-9_-]{76}")
_NOBODY = bytes(12)


Keys = TypeVar("Keys", bound=TokenKeys)


def looks_like_token(text: str) -> bool:
    """Whether a text has the form of a token, forged or not."""
    return _SHAPE.fullmatch(text) is not None


@dataclass(slots=True, kw_only=True, eq=False)
class OpenedToken(Generic[Keys]):
    """A genuine token: its tag was found right, or it was just made."""

    keys: Keys = field(repr=False)
    # The end of the absolute lifetime, Unix seconds.
    deadline: int
    # Idle timeout in seconds.
    expire: int
    # 0 at sign, one more for each rotation.
    generation: int
    # The 12 bytes that stand for its subject; None without one.
    person: bytes | None = field(repr=False)
    # 16 bytes that name the session in Redis, the same for all generations.
    lookup: bytes = field(repr=False)


def mint(
    keys: Keys,
    *,
    deadline: int,
    expire: int,
    person: bytes | None,
    generation: int = 0,
    identifier: bytes | None = None,
) -> tuple[str, OpenedToken[Keys]]:
    """Makes a token, with 16 bytes from the CSPRNG as its id unless it gets others."""
    identifier = os.urandom(16) if identifier is None else identifier
    hashed = keys.lookup_of(identifier)
    body = b"".join(
        (
            bytes((VERSION, keys.kid)),
            deadline.to_bytes(5, "big"),
            expire.to_bytes(4, "big"),
            generation.to_bytes(2, "big"),
            _masked(person or _NOBODY, hashed),
            identifier,
        )
    )
    return _text_of(keys, body), _read_body(keys, body)


def successor(keys: TokenKeys, token: str, generation: int) -> str:
    """The token of another generation of a genuine token's session, for the keys of the secret that signed it."""
    body = base64.urlsafe_b64decode(token[4:])[:41]
    return _text_of(keys, body[:11] + generation.to_bytes(2, "big") + body[13:])


def _text_of(keys: TokenKeys, body: bytes) -> str:
    return f"rwt_{base64url.encode(body + keys.tag_of(body))}"


def open_token(ring: Sequence[Keys], token: object) -> OpenedToken[Keys] | None:
    """Opens a token. It doesn't look at the deadline. None for anything that no secret of the ring has signed."""
    refuse_coroutine(token, "sign")
    if not isinstance(token, str) or not looks_like_token(token):
        return None
    raw = base64.urlsafe_b64decode(token[4:])
    body, tag = raw[:41], raw[41:]
    if body[0] != VERSION or body[7:11] == bytes(4):
        return None
    for keys in ring:
        # The kid is a hint: several secrets may have it.
        if keys.kid == body[1] and hmac.compare_digest(keys.tag_of(body), tag):
            return _read_body(keys, body)
    return None


def refuse_coroutine(token: object, source: str) -> None:
    if not isinstance(token, str) and inspect.isawaitable(token):
        raise OptionTypeError("token", f"token must be text, not a coroutine: await what {source} returns")


def _read_body(keys: Keys, body: bytes) -> OpenedToken[Keys]:
    hashed = keys.lookup_of(body[25:41])
    person = _masked(body[13:25], hashed)
    return OpenedToken(
        keys=keys,
        deadline=int.from_bytes(body[2:7], "big"),
        expire=int.from_bytes(body[7:11], "big"),
        generation=int.from_bytes(body[11:13], "big"),
        person=None if person == _NOBODY else person,
        lookup=hashed[:16],
    )


def _masked(person: bytes, hashed: bytes) -> bytes:
    """Masks the person, so that tokens of two sessions don't show that they are one person's. Twice, it unmasks."""
    both = int.from_bytes(person, "big") ^ int.from_bytes(hashed[16:28], "big")
    return both.to_bytes(12, "big")
