"""The names of Redis keys. All keys of a person share one slot of Redis Cluster."""

from dataclasses import dataclass

from . import base64url
from .token import OpenedToken


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


@dataclass(frozen=True, slots=True, repr=False)
class SessionKeys:
    """The keys of a session."""

    session: str
    # The session's name in its person's index: its lookup.
    member: str
    # None without a subject.
    person: PersonKeys | None

    @property
    def pair(self) -> list[str]:
        """What decides whether the session is live: it, and its person if it has one."""
        return [self.session] if self.person is None else [self.session, self.person.person]

    @property
    def all(self) -> list[str]:
        """All of its keys: the index too."""
        return [self.session] if self.person is None else [self.session, self.person.person, self.person.index]


def session_keys(prefix: str, token: OpenedToken) -> SessionKeys:
    member = base64url.encode(token.lookup)
    if token.person is None:
        return SessionKeys(f"{_base_of(prefix, token.lookup)}s:{member}", member, None)
    person = PersonKeys(prefix, token.person)
    return SessionKeys(person.session(member), member, person)


def _base_of(prefix: str, raw: bytes) -> str:
    # The hash tag, two bytes in hexadecimal, determines the slot.
    return f"{prefix}{{{raw[:2].hex()}}}:"
