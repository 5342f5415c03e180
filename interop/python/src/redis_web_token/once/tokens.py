"""One-time tokens and codes: making them, and opening tokens without asking Redis."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from .. import base64url
from ..redis_keys import OnceKeys, once_key
from ..secret_keys import SecretKeys, TokenKeys, mac
from ..token import mint, open_token, refuse_coroutine

_PREFIX = "rwto_"
# The prefix of session tokens, whose bytes have the same form.
_SESSION_PREFIX = "rwt_"
_CODE = re.compile("[0-9]{6,12}", re.ASCII)


class PurposeKeys(TokenKeys):
    """The keys of one purpose, derived from one secret: no token of a session or another purpose passes as one of this purpose."""

    __slots__ = ("_code",)

    def __init__(self, secret: SecretKeys, purpose: str) -> None:
        def derive(name: bytes) -> bytes:
            return secret.derive(b"once/%s/%s" % (name, purpose.encode()))

        super().__init__(derive)
        self._code = derive(b"code")

    def hash_of(self, person: bytes, code: str) -> str:
        """Hashes a code together with the person whom it was sent to, so that it proves nothing for another one."""
        return base64url.encode(mac(self._code, person + code.encode())[:16])


@dataclass(frozen=True, slots=True)
class OpenedOnce:
    """A genuine token that hasn't expired."""

    # Its Redis key.
    key: str = field(repr=False)
    # Its lookup in base64url, which its value must hold.
    proof: str = field(repr=False)
    # Whether newer tokens of its subject replace it.
    is_replaceable: bool


def write_once_token(
    keys: PurposeKeys, prefix: str, *, deadline: int, expire: int, person: bytes | None
) -> tuple[str, OpenedOnce]:
    """Makes a token. `person` only for one that newer ones of its subject replace."""
    token, opened = mint(keys, deadline=deadline, expire=expire, person=person)
    return _PREFIX + token.removeprefix(_SESSION_PREFIX), _opened(prefix, opened.person, opened.lookup)


def open_once_token(ring: Sequence[PurposeKeys], prefix: str, now: int, token: object) -> OpenedOnce | None:
    """None for anything that can't be a live token of this purpose, so that no command is needed."""
    refuse_coroutine(token, "issue")
    if not isinstance(token, str) or not token.startswith(_PREFIX):
        return None
    found = open_token(ring, _SESSION_PREFIX + token.removeprefix(_PREFIX))
    if found is None or found.generation != 0 or found.deadline - now < 1:
        return None
    return _opened(prefix, found.person, found.lookup)


def _opened(prefix: str, person: bytes | None, lookup: bytes) -> OpenedOnce:
    return OpenedOnce(once_key(prefix, person or lookup), base64url.encode(lookup), person is not None)


def random_code(digits: int) -> str:
    """Random digits, each equally likely."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def looks_like_code(code: object) -> bool:
    """Whether a value has the form of a code, so that asking Redis makes sense."""
    refuse_coroutine(code, "issue_code")
    return isinstance(code, str) and _CODE.fullmatch(code) is not None


@dataclass(frozen=True, slots=True, repr=False)
class Shelf:
    """What belongs to a subject under one secret of the ring."""

    keys: PurposeKeys
    person: bytes
    redis: OnceKeys


def shelves_of(ring: Sequence[PurposeKeys], prefix: str, subject: str) -> list[Shelf]:
    """The newest secret's first."""
    people = [(keys, keys.person_of(subject)) for keys in ring]
    return [Shelf(keys, person, OnceKeys(prefix, person)) for keys, person in people]
