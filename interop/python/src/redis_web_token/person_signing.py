"""Stores a new session of a person: session, person and index in one step. See SPEC.md, "Sign"."""

import os
from collections.abc import Sequence

from . import base64url, replies
from .errors import SessionLimitError, StoreUnavailableError
from .index import drop
from .redis_keys import PersonKeys, SessionKeys
from .steps import Operation, run_script
from .verify import Parts

# How often a sign is tried while others sign the same person in at the same time.
_ATTEMPTS = 100


def create_of_person(
    parts: Parts, names: SessionKeys, person: PersonKeys, session: Sequence[str], uncounted: Sequence[str]
) -> Operation[None]:
    """Creates the session that the script's first arguments describe. `uncounted` don't count against `max_sessions`."""
    limit = parts.settings.limit
    flags = ["1" if parts.lines.seals else "0", str(limit.most if limit else 0)]
    flags.append("1" if limit and limit.ends_oldest else "0")
    spared = {names.member, *uncounted}
    # All members of the index that an earlier attempt returned, and those whose sessions count, oldest first.
    known: list[str] = []
    counted: list[str] = []
    for _ in range(_ATTEMPTS):
        now = parts.settings.now()
        keys = [*names.all, *map(person.session, counted)]
        args = [*session, *flags, str(now), "".join(f" {member}" for member in known), *counted]
        first, *more = replies.many((yield from run_script("sign", keys, args))) or [None]
        status = replies.word(first, ("created", "full", "limit"))
        if status == "limit" and limit:
            raise SessionLimitError(f"the person already has {limit.most} sessions: end one first")
        [members] = replies.many(more, 1)
        if status == "created":
            yield from drop(person, replies.texts(members))
            return
        found = replies.members(members)
        known = [member for member, _ in found]
        # A session past its deadline doesn't count, although its key may exist for another fraction of a second.
        counted = [member for member, deadline in found if member not in spared and deadline - now >= 1]
    message = f"others signed the person in at the same time {_ATTEMPTS} times in a row: retry"
    raise StoreUnavailableError("server", message)


def random_epoch() -> str:
    """8 random bytes, which the scripts add to the current epoch."""
    return base64url.encode(os.urandom(8))
