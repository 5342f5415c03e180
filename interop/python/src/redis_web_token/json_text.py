"""JSON as a line of a value in Redis: compact, and without newlines."""

import json
import math
import re
from decimal import Decimal
from typing import Any

from .check import kind_of, number_text
from .errors import DataError, StoreUnavailableError

# More nesting than any user record has, and what every language reads.
MAX_DEPTH = 500
# The largest number up to which JavaScript and others read every integer exactly.
MAX_INTEGER = 2**53


def write_json(option: str, value: object) -> str:
    """The JSON text of a value.

    Raises DataError unless a round trip returns the same value. The message names no key and no value: both may be user data.
    """
    _assert_json(option, value)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # UTF-8 can't write lone surrogates; JavaScript escapes them too.
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _assert_json(option: str, root: object) -> None:
    # Not recursive: within a framework, 500 levels could exceed Python's limit. A None on the stack ends a level.
    stack: list[object] = [_Node(root)]
    parents: list[int] = []

    def refuse(found: str) -> DataError:
        return DataError(option, f"{option} must be JSON, but at depth {len(parents)} holds {found}")

    while stack:
        entry = stack.pop()
        if not isinstance(entry, _Node):
            parents.pop()
            continue
        node = entry.value
        if node is None or isinstance(node, (str, bool)):
            continue
        if isinstance(node, (int, float)):
            if isinstance(node, float) and not math.isfinite(node):
                raise refuse(f"the number {number_text(node)}")
            if isinstance(node, int) and not _is_exact(node):
                raise refuse("an integer beyond 2^53: use text, since other languages can't read it exactly")
            continue
        if not isinstance(node, (list, dict)):
            of_class = "an object of a class such as datetime: use text"
            raise refuse("a function" if kind_of(node) == "function" else of_class)
        if id(node) in parents:
            raise refuse("a cycle")
        if len(parents) == MAX_DEPTH:
            raise refuse("more than 500 levels")
        if isinstance(node, dict) and not all(isinstance(name, str) for name in node):
            raise refuse("a name that isn't text")
        parents.append(id(node))
        stack.append(None)
        members = node.values() if isinstance(node, dict) else node
        stack.extend(_Node(member) for member in members)


def _is_exact(number: int) -> bool:
    """Whether JavaScript reads an integer as it is, or wrote it: as the shortest digits that mean the number, and zeros."""
    if abs(number) <= MAX_INTEGER:
        return True
    try:
        nearest = float(number)
    except OverflowError:
        return False
    return number in (int(nearest), int(Decimal(repr(nearest))))


class _Node:
    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# Made once: `json.loads` with an option makes one for each call.
_DECODER = json.JSONDecoder(parse_constant=_refuse)


def read_json(text: str) -> Any:
    """Parses a line. Raises StoreUnavailableError where it isn't JSON: something else writes to these keys."""
    trimmed = text.strip(" \t\n\r")
    try:
        # `decode` does the same, but looks for blanks by regular expressions.
        value, end = _DECODER.raw_decode(trimmed)
        if end == len(trimmed):
            return value
    except (ValueError, RecursionError):
        pass  # The error would show the text.
    raise StoreUnavailableError("reply", "the stored session is not JSON")
