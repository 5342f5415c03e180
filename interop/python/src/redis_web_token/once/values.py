"""What Redis holds of a one-time token or code. See SPEC.md, "One-time tokens"."""

import re
from dataclasses import dataclass, field
from typing import Any

from ..errors import StoreUnavailableError
from ..json_text import read_json, write_json
from ..values import is_of_another_version

_HEADER = re.compile("1 ([0-9]{10}) ([0-9]{10}) [0-9]{3} ([A-Za-z0-9_-]{22})")


@dataclass(frozen=True, slots=True)
class OnceFound:
    """What a one-time token or code stands for. Its representation shows no data of a user."""

    # What was issued.
    data: Any = field(repr=False)
    # The user's id, if it was given.
    subject: str | None = field(repr=False)
    # When it was issued, Unix seconds.
    issued_at: int
    # When it expires, Unix seconds.
    expires_at: int


def write_contents(subject: str | None, data: object) -> str:
    """Line 2."""
    text = write_json("data", data)
    return f'{{"data":{text}}}' if subject is None else f'{{"sub":{write_json("subject", subject)},"data":{text}}}'


def write_value(issued_at: int, expires_at: int, attempts: int, proof: str, contents: str) -> str:
    """`attempts` is how many wrong guesses a code takes; 0 for a token, which can't be guessed."""
    return f"1 {issued_at:010d} {expires_at:010d} {attempts:03d} {proof}\n{contents}"


def read_value(value: str, proof: str) -> OnceFound | None:
    """None if it belongs to another token, or is of another version."""
    found = _HEADER.match(value)
    if found is None:
        if is_of_another_version(value):
            return None
        raise StoreUnavailableError("reply")
    if found[3] != proof:
        return None
    contents = read_json(value.split("\n", 2)[1]) if "\n" in value else None
    if not isinstance(contents, dict) or "data" not in contents:
        raise StoreUnavailableError("reply")
    subject = contents.get("sub")
    if not isinstance(subject, str) and "sub" in contents:
        raise StoreUnavailableError("reply")
    return OnceFound(contents["data"], subject, int(found[1]), int(found[2]))
