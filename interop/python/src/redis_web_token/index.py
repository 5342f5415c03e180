"""Keeps the sorted set of a person's sessions short. Nothing depends on it: sessions end without it."""

from collections.abc import Sequence

from . import replies
from .errors import StoreUnavailableError
from .redis_keys import PersonKeys
from .steps import Operation, run_script, send

# How many sessions one step checks, and how many all steps after one `destroy_all`.
_STEP = 100
_MOST = 1000


def drop(keys: PersonKeys, members: Sequence[str]) -> Operation[None]:
    """Drops members whose sessions are gone or ended."""
    try:
        yield from _clean(keys, members)
    except StoreUnavailableError:
        pass  # Another call cleans up later.


def drop_ended(keys: PersonKeys) -> Operation[None]:
    """Drops what `destroy_all` has ended, in steps that let Redis serve others."""
    try:
        left = 0
        for _ in range(0, _MOST, _STEP):
            reply = yield from send("ZRANGE", keys.index, str(left), str(left + _STEP - 1))
            members = replies.texts(reply)
            left += len(members) - (yield from _clean(keys, members))
            if len(members) < _STEP:
                return
    except StoreUnavailableError:
        pass  # Another call cleans up later.


def _clean(keys: PersonKeys, members: Sequence[str]) -> Operation[int]:
    if not members:
        return 0
    names = [keys.person, keys.index, *map(keys.session, members)]
    return replies.whole((yield from run_script("clean", names, members)))
