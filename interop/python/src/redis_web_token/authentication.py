"""How a user proved who they are, and who acts as the user: checked before it is written, and read. See SPEC.md, "Values"."""

import math
from collections.abc import Mapping

from .check import array, known_members, non_empty_text, range_error, type_error, whole_number
from .errors import StoreUnavailableError
from .json_text import read_json, write_json
from .session import Authentication

# How far another service's clock may be ahead, in seconds.
SKEW = 60
# The most bytes that `auth` and `act` may each take as JSON, since every check reads them.
_MOST_BYTES = 1024
_LARGEST = 2**53 - 1


def write_auth(auth: object, now: int) -> str:
    """The JSON of `auth`, checked, with its default filled in."""
    if not isinstance(auth, Mapping):
        raise type_error("auth", "an object", auth)
    known_members("auth", auth, ["at", "amr", "acr"])
    further: dict[str, object] = {}
    if auth.get("amr") is not None:
        methods = array("auth.amr", auth["amr"], "an array of texts")
        further["amr"] = [non_empty_text("auth.amr", method) for method in methods]
    if auth.get("acr") is not None:
        further["acr"] = non_empty_text("auth.acr", auth["acr"])
    at = now if auth.get("at") is None else whole_number("auth.at", "Unix seconds", auth["at"], now + SKEW, 0)
    proof: dict[str, object] = {"at": min(at, now), **further}
    return _limited("auth", write_json("auth", proof))


def write_actor(act: object) -> str:
    """The JSON of `act`, checked."""
    if not isinstance(act, dict):
        raise type_error("act", "an object such as { sub }", act)
    non_empty_text("act.sub", act.get("sub"))
    return _limited("act", write_json("act", act))


def _limited(option: str, text: str) -> str:
    if len(text.encode()) <= _MOST_BYTES:
        return text
    raise range_error(option, f"be at most {_MOST_BYTES} bytes of JSON")


def is_actor(value: object) -> bool:
    """Whether a line's `act` is one that `sign` wrote."""
    return isinstance(value, dict) and isinstance(value.get("sub"), str) and value["sub"] != ""


def parse_auth(text: str) -> Authentication | None:
    """Reads line 4 of a session, empty if there is none. None for a line of another shape: it may be a later version's."""
    if text == "":
        return None
    try:
        value = read_json(text)
    except StoreUnavailableError:
        return None
    if not isinstance(value, dict):
        return None
    at, amr, acr = value.get("at"), value.get("amr", []), value.get("acr", "")
    if isinstance(at, float) and math.isfinite(at) and at == int(at):
        at = int(at)
    if isinstance(at, bool) or not isinstance(at, int) or abs(at) > _LARGEST:
        return None
    if not isinstance(amr, list) or not all(isinstance(method, str) for method in amr):
        return None
    if not isinstance(acr, str):
        return None
    return Authentication(at, amr if "amr" in value else None, acr if "acr" in value else None)
