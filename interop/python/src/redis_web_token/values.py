"""The values that Redis holds of sessions and persons. See SPEC.md, "Values"."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .errors import StoreUnavailableError

# The epoch of a session without a subject.
NO_EPOCH = "-" * 11
NO_SERIAL = "0" * 8

_SESSION = re.compile(
    "1 ([0-9]{10}) ([A-Za-z0-9_-]{11}) ([0-9]{5}) ([0-9]) ([0-9]{10}) [0-9]{10} ([0-9]{8}) ([0-9]{8})"
)
_PERSON = re.compile("1 ([A-Za-z0-9_-]{11}) ([0-9]{8})")
_OTHER_VERSION = re.compile("(?!1 )[0-9]+ ")


class SessionHeader(NamedTuple):
    """Line 1 of a session."""

    # Ten digits, as in the value.
    iat: str
    epoch: str
    generation: int
    # Whether the current generation has been used.
    is_used: bool
    # Whether the generation before ended with the rotation.
    ended_at_once: bool
    # Redis's time up to which the generation before is accepted, ten digits.
    grace_end: str
    serial: str
    revision: str


class PersonHeader(NamedTuple):
    """Line 1 of a person."""

    epoch: str
    serial: str


class Headers(NamedTuple):
    """The headers of a session and its person that agree on the epoch."""

    session: SessionHeader
    person: PersonHeader | None

    @property
    def state(self) -> str:
        """What an update by a function compares: it changes with each update, update_all and destroy_all."""
        epoch, serial = (NO_EPOCH, NO_SERIAL) if self.person is None else (self.person.epoch, self.person.serial)
        return f"{self.session.revision} {epoch} {serial}"

    @property
    def is_behind(self) -> bool:
        """Whether update_all has written newer data to the person."""
        return self.person is not None and self.person.serial > self.session.serial


def read_session(value: str) -> SessionHeader | None:
    """Returns None for a value of another version of the format."""
    fields = _match(_SESSION, value)
    if fields is None:
        return None
    iat, epoch, generation, state, grace_end, serial, revision = fields
    return SessionHeader(
        iat, epoch, int(generation), state in "13579", state not in "01", grace_end, serial, revision
    )


def read_person(value: str) -> PersonHeader | None:
    """Returns None for a value of another version of the format."""
    fields = _match(_PERSON, value)
    return None if fields is None else PersonHeader(*fields)


def _match(shape: re.Pattern[str], value: str) -> tuple[str, ...] | None:
    found = shape.match(value)
    if found is not None:
        return found.groups()
    if is_of_another_version(value):
        return None
    # It doesn't say whether the session is live.
    raise StoreUnavailableError("reply")


def is_of_another_version(value: str) -> bool:
    return _OTHER_VERSION.match(value) is not None


def agree(session: str | None, person: str | None, has_person: bool) -> Headers | None:
    """The headers, if the session is live: it and its person exist and have the same epoch."""
    header = None if session is None else read_session(session)
    if header is None:
        return None
    if not has_person:
        return Headers(header, None) if header.epoch == NO_EPOCH else None
    owner = None if person is None else read_person(person)
    if owner is None or owner.epoch != header.epoch or owner.epoch == NO_EPOCH:
        return None
    return Headers(header, owner)


def lines_of(value: str) -> Sequence[str]:
    """The lines of a value, which may have further lines."""
    # Not splitlines: the data may hold other line separators.
    return value.split("\n", 4)


def line_in(lines: Sequence[str], number: int) -> str:
    """Line 2 or 3 of a value. Neither JSON nor an encrypted line is ever empty."""
    line = lines[number - 1] if len(lines) >= number else ""
    if line == "":
        raise StoreUnavailableError("reply")
    return line


def auth_in(lines: Sequence[str]) -> str:
    """Line 4 of a session. Most have none, which is empty."""
    return lines[3] if len(lines) > 3 else ""


def iat_in(lines: Sequence[str]) -> str:
    """When a session was signed: the ten digits of its header, which has been read before."""
    return lines[0][2:12]


def new_session(iat: str, further: str) -> str:
    """The whole value of a new session without a subject. `further` are its other lines, with the newline before them."""
    zeros = "0" * 10
    return f"1 {iat} {NO_EPOCH} 00000 1 {zeros} {zeros} {NO_SERIAL} {NO_SERIAL}{further}"
