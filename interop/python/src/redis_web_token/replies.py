"""Checks of replies. One of another type than the command's is an outage, never an answer."""

from collections.abc import Sequence
from typing import NoReturn

from .errors import StoreUnavailableError


def text(reply: object) -> str | None:
    if reply is None or isinstance(reply, str):
        return reply
    raise StoreUnavailableError("reply")


def is_ok(reply: object) -> bool:
    """Whether a SET was carried out: some clients have True for OK."""
    return reply is True or reply == "OK"


def flag(reply: object) -> bool:
    # Clients turn some integers into booleans.
    if reply in (0, 1):
        return reply == 1
    raise StoreUnavailableError("reply")


def whole(reply: object, most: int | None = None) -> int:
    """An integer; one from 0 if there is a largest."""
    if isinstance(reply, int) and (most is None or 0 <= reply <= most):
        return int(reply)
    raise StoreUnavailableError("reply")


def many(reply: object, count: int | None = None) -> list[object]:
    if isinstance(reply, list) and (count is None or len(reply) == count):
        return reply
    raise StoreUnavailableError("reply")


def texts(reply: object) -> list[str]:
    """A list without nil."""
    return [each if isinstance(each, str) else _refuse() for each in many(reply)]


def word(reply: object, known: Sequence[str]) -> str:
    if isinstance(reply, str) and reply in known:
        return reply
    raise StoreUnavailableError("reply")


def members(reply: object) -> list[tuple[str, int]]:
    """Members of a sorted set with their scores, alternating. In RESP3 they are pairs."""
    flat: list[object] = []
    for each in many(reply):
        flat.extend(each if isinstance(each, list) else [each])
    if len(flat) % 2 == 1:
        _refuse()
    return [(texts([name])[0], _score(score)) for name, score in zip(flat[::2], flat[1::2], strict=True)]


def _score(reply: object) -> int:
    if isinstance(reply, (str, int, float)):
        try:
            return int(float(reply))
        except (ValueError, OverflowError):
            pass
    return _refuse()


def _refuse() -> NoReturn:
    raise StoreUnavailableError("reply")
