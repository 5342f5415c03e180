"""What a session's user must have proved before something sensitive: step-up (RFC 9470; OWASP ASVS 7.5.1, 7.5.3)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ..authentication import SKEW
from ..check import (
    array,
    known_members,
    known_options,
    range_error,
    text_like,
    type_error,
    unix_seconds,
    whole_number,
)
from ..session import Authentication, Session

# Characters that a challenge can show: `error_description` and `acr_values` of RFC 6750 and RFC 9470, without the blank.
_NAME = r"[!#-\[\]-~]+"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Every member that is given has to be met."""

    # How many seconds ago the user may have signed in, or stepped up, at most.
    max_age: int | None
    # The methods that the user must have used, all of them.
    amr: tuple[str, ...] | None
    # The levels of assurance of which the session must have one.
    acr: tuple[str, ...] | None

    def is_met(self, auth: Authentication | None, now: int) -> bool:
        """A session without `auth` meets nothing."""
        if auth is None:
            return False
        age = now - auth.at
        # A time that is further ahead than clocks are proves nothing.
        if self.max_age is not None and not -SKEW <= age <= self.max_age:
            return False
        if self.acr is not None and auth.acr not in self.acr:
            return False
        return all(method in (auth.amr or ()) for method in self.amr or ())

    @property
    def text(self) -> str:
        """What the user has to do, in the characters of `error_description`."""
        return "Authenticate again" + (f" by {' and '.join(self.amr)}" if self.amr is not None else "")

    @property
    def challenge(self) -> str:
        """The parameters of a challenge (RFC 9470 §3), each with a comma before it."""
        levels = f', acr_values="{" ".join(self.acr)}"' if self.acr is not None else ""
        return levels + (f', max_age="{self.max_age}"' if self.max_age is not None else "")


def read_requirement(require: object) -> Requirement:
    if not isinstance(require, dict):
        raise type_error("require", "an object", require)
    known_members("require", require, ["max_age", "amr", "acr"])
    age, amr, acr = (require.get(name) for name in ("max_age", "amr", "acr"))
    if age is None and amr is None and acr is None:
        raise range_error("require", "have max_age, amr or acr")
    seconds = None if age is None else whole_number("require.max_age", "seconds", age)
    return Requirement(seconds, _read_names("require.amr", amr), _read_names("require.acr", acr))


def _read_names(option: str, names: object) -> tuple[str, ...] | None:
    if names is None:
        return None
    texts = array(option, names, "an array of texts")
    if not texts:
        raise range_error(option, "not be empty: leave it out")
    must = "be ASCII without blanks, quotes and backslashes"
    return tuple(text_like(_NAME, option, name, must) for name in texts)


@known_options("require")
def meets_requirement(
    session: Session | None,
    *,
    max_age: int | None = None,
    amr: Sequence[str] | None = None,
    acr: Sequence[str] | None = None,
    now: float | None = None,
) -> bool:
    """Whether a session's user has proved what a sensitive act needs, where no request can be asked, such as a WebSocket's message.

    None meets nothing. `now` is Unix seconds, by default the system's time.
    """
    required = read_requirement({"max_age": max_age, "amr": amr, "acr": acr})
    auth = None if session is None else session.auth
    return required.is_met(auth, unix_seconds(time.time() if now is None else now))
