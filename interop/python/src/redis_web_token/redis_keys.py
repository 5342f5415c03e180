"""The names of Redis keys. All keys of a person share one slot of Redis Cluster."""

from typing import Any

from . import base64url
from .token import OpenedToken

# A lookup's 16 bytes, and a person's 12, as base64url.
_MEMBER_LENGTH = 22
_NAME_LENGTH = 16


class PersonKeys:
    """The keys of a person: `person`, and `index`, the sorted set of the person's sessions by deadline."""

    __slots__ = ("_base", "index", "person")

    def __init__(self, prefix: str, person: bytes) -> None:
        name = base64url.encode(person)
        self._base = _base_of(prefix, person)
        self.person = f"{self._base}p:{name}"
        self.index = f"{self._base}i:{name}"

    def session(self, member: str) -> str:
        """The key of one of the person's sessions."""
        return f"{self._base}s:{member}"


class SessionKeys:
    """The keys of a session. One string holds both, since a service memoizes the keys of many tokens."""

    __slots__ = ("_both", "_length")

    def __init__(self, session: str, person: str | None) -> None:
        self._both = session + (person or "")
        self._length = len(session)

    @property
    def session(self) -> str:
        """The session itself."""
        return self._both[: self._length]

    @property
    def person(self) -> str | None:
        """The session's person. None without a subject."""
        return self._both[self._length :] or None

    @property
    def member(self) -> str:
        """The session's name in its person's index: its lookup."""
        return self.session[-_MEMBER_LENGTH:]

    @property
    def pair(self) -> list[str]:
        """What decides whether the session is live: it, and its person if it has one."""
        person = self.person
        return [self.session] if person is None else [self.session, person]

    @property
    def all(self) -> list[str]:
        """All of its keys: the person's index too."""
        person = self.person
        if person is None:
            return [self.session]
        return [self.session, person, f"{person[: -_NAME_LENGTH - 2]}i:{person[-_NAME_LENGTH:]}"]


def session_keys(prefix: str, token: OpenedToken[Any]) -> SessionKeys:
    member = base64url.encode(token.lookup)
    if token.person is None:
        return SessionKeys(f"{_base_of(prefix, token.lookup)}s:{member}", None)
    person = PersonKeys(prefix, token.person)
    return SessionKeys(person.session(member), person.person)


class OnceKeys:
    """The keys of a subject's one-time token and code."""

    __slots__ = ("code", "token")

    def __init__(self, prefix: str, person: bytes) -> None:
        self.token = once_key(prefix, person)
        self.code = f"{_base_of(prefix, person)}c:{base64url.encode(person)}"


def once_key(prefix: str, name: bytes) -> str:
    """The key of a one-time token: of its lookup, or of the person of a token that newer ones replace."""
    return f"{_base_of(prefix, name)}o:{base64url.encode(name)}"


def _base_of(prefix: str, raw: bytes) -> str:
    # The hash tag, two bytes in hexadecimal, determines the slot.
    return f"{prefix}{{{raw[:2].hex()}}}:"
