"""Checks of options and arguments, in the words that the library uses in every language."""

import functools
import inspect
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import ParamSpec, TypeVar

from .errors import OptionRangeError, OptionTypeError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

# The largest number of seconds that the token's four-byte field holds: some 136 years.
MAX_SECONDS = 0xFFFF_FFFF
# The latest time that a value's ten digits hold, in Unix seconds: the year 2286.
MAX_TIME = 9_999_999_999
# The longest timeout, in milliseconds: that of the other languages.
MAX_TIMEOUT = 0x7FFF_FFFF


def kind_of(value: object) -> str:
    """Names a value's type, as JSON does, for an error message. Never the value itself, which may be a secret."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (list, tuple)):
        return "array"
    return "function" if callable(value) else "object"


def type_error(option: str, allowed: str, value: object) -> OptionTypeError:
    return OptionTypeError(option, f"{option} must be {allowed}, not {kind_of(value)}")


def range_error(option: str, must: str) -> OptionRangeError:
    return OptionRangeError(option, f"{option} must {must}")


def whole_number(option: str, unit: str, value: object, most: int = MAX_SECONDS, least: int = 1) -> int:
    allowed = f"a whole number of {unit} from {least} to {most}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise type_error(option, allowed, value)
    if least <= value <= most and value == int(value):
        return int(value)
    raise range_error(option, f"be {allowed}, not {number_text(value)}")


def unix_seconds(value: object) -> int:
    """A clock's time in whole seconds."""
    # A clock that gave NaN would let dead tokens in, and one of milliseconds would make tokens that never live.
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= MAX_TIME:
        return int(value)
    raise range_error("now", "give Unix seconds")


def number_text(value: float) -> str:
    """A number as JSON and JavaScript write it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    try:
        return str(int(value)) if abs(value) < 1e21 and value == int(value) else str(value)
    except ValueError:
        return "a longer number"  # Python writes no integer of more than 4,300 digits.


def boolean(option: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise type_error(option, "true or false", value)


def function(option: str, value: object) -> None:
    if not callable(value):
        raise type_error(option, "a function", value)


def well_formed_text(option: str, value: object) -> str:
    """Rejects lone surrogates, which UTF-8 can't write."""
    if not isinstance(value, str):
        raise type_error(option, "text", value)
    if re.search("[\ud800-\udfff]", value):
        raise range_error(option, "be well-formed Unicode")
    return value


def non_empty_text(option: str, value: object, must: str = "not be empty") -> str:
    text = well_formed_text(option, value)
    if text != "":
        return text
    raise range_error(option, must)


def text_like(shape: str, option: str, value: object, must: str) -> str:
    text = well_formed_text(option, value)
    if re.fullmatch(shape, text, re.ASCII) is None:
        raise range_error(option, must)
    return text


def array(option: str, value: object, allowed: str = "an array") -> Sequence[object]:
    if isinstance(value, (list, tuple)):
        return value
    raise type_error(option, allowed, value)


def token_or_none(option: str, value: object) -> str | None:
    """Another type is a mistake, such as a coroutine that wasn't awaited, which must not end the caller's own session."""
    if value is None or isinstance(value, str):
        return value
    raise type_error(option, "a token or null", value)


def known_options(what: str) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Refuses keyword arguments that a function doesn't have, with the library's code and words. `what` names them."""

    def decorate(wrapped: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        named = inspect.signature(wrapped).parameters.values()
        options = [each.name for each in named if each.kind is each.KEYWORD_ONLY]
        allowed = {each.name for each in named}

        @functools.wraps(wrapped)
        def checked(*args: Parameters.args, **given: Parameters.kwargs) -> Result:
            for name in given:
                if name not in allowed:
                    raise unknown_option(what, name, options)
            return wrapped(*args, **given)

        return checked

    return decorate


def known_members(option: str, given: Iterable[object], known: Sequence[str]) -> None:
    """Refuses members that an option doesn't have."""
    for name in given:
        if name not in known:
            raise unknown_option(option, name, known)


def unknown_option(what: str, name: object, known: Sequence[str]) -> OptionTypeError:
    # Anything that doesn't look like a name may be a misplaced secret.
    shown = name if isinstance(name, str) and re.fullmatch(r"\w{1,30}", name, re.ASCII) else "…"
    message = f"unknown option {shown} in {what}; known: {', '.join(known)}"
    return OptionTypeError(shown, message, "ERR_RWT_OPTION_UNKNOWN")
