"""How many sessions a person may have at a time."""

import json
from dataclasses import dataclass
from typing import Literal

from .check import range_error, type_error, whole_number

OnLimit = Literal["end_oldest", "reject"]
_POLICIES = ("end_oldest", "reject")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class SessionLimit:
    """The most sessions, and whether the oldest make room; otherwise a sign fails."""

    most: int
    ends_oldest: bool


def read_limit(max_sessions: object, on_limit: object) -> SessionLimit | None:
    allowed = f"one of {json.dumps(_POLICIES, separators=(',', ':'))}"
    if not isinstance(on_limit, str):
        raise type_error("on_limit", allowed, on_limit)
    if on_limit not in _POLICIES:
        raise range_error("on_limit", f"be {allowed}")
    if max_sessions is None:
        if on_limit == "reject":
            raise range_error("on_limit", "be left out unless max_sessions is set")
        return None
    return SessionLimit(whole_number("max_sessions", "sessions", max_sessions, _MOST), on_limit == "end_oldest")
