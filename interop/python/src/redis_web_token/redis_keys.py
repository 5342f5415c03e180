"""The names of Redis keys. All keys of a person share one slot of Redis Cluster."""

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
    """The keys of a session: `session`, and its person's `person`, which is None without a subject."""

    __slots__ = ("person", "session")

    def __init__(self, session: str, person: str | None) -> None:
        self.session = session
        self.person = person

    @property
    def member(self) -> str:
        """The session's name in its person's index: its lookup."""
        return self.session[-_MEMBER_LENGTH:]

    @property
    def pair(self) -> list[str]:
        """What decides whether the session is live: it, and its person if it has one."""
        return [self.session] if self.person is None else [self.session, self.person]

    @property
    def all(self) -> list[str]:
        """All of its keys: the person's index too."""
        if self.person is None:
            return [self.session]
        return [self.session, self.person, f"{self.person[:-_NAME_LENGTH - 2]}i:{self.person[-_NAME_LENGTH:]}"]


def session_keys(prefix: str, token: OpenedToken) -> SessionKeys:
    member = base64url.encode(token.lookup)
    if token.person is None:
        return SessionKeys(f"{_base_of(prefix, token.lookup)}s:{member}", None)
    person = PersonKeys(prefix, token.person)
    return SessionKeys(person.session(member), person.person)


def _base_of(prefix: str, raw: bytes) -> str:
    # The hash tag, two bytes in hexadecimal, determines the slot.
    return f"{prefix}{{{raw[:2].hex()}}}:"
