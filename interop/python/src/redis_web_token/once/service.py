"""`Once` and `AsyncOnce`."""

from typing import Any

from ..aio import AsyncRwt
from ..check import known_options, text_like, type_error
from ..service import Rwt, Service
from .operations import (
    OnceParts,
    consume,
    consume_code,
    issue,
    issue_code,
    peek,
    read_expire,
    revoke_all,
)
from .tokens import PurposeKeys
from .values import OnceFound


def _parts_of(rwt: Service, wanted: type[Service], purpose: object, expire: object) -> OnceParts:
    if not isinstance(rwt, wanted):
        raise type_error("rwt", f"a service: {wanted.__name__}(…)", rwt)
    shape = r"[A-Za-z0-9_.:-]{1,64}"
    name = text_like(shape, "purpose", purpose, "be 1 to 64 letters, digits, dots, colons, _ and -")
    settings = rwt._parts.settings
    return OnceParts(settings, [PurposeKeys(keys, name) for keys in settings.ring], read_expire(expire))


class Once:
    """One-time tokens and codes of one purpose, on a blocking client.

    - `rwt`: the service whose connection, secrets, prefix and clock they use
    - `purpose`: what they are for, such as `password-reset`: no token of one purpose passes as one of another
    - `expire`: how long they live, in seconds, at most a year
    """

    @known_options("options")
    def __init__(self, rwt: Rwt, *, purpose: str, expire: int) -> None:
        self._parts = _parts_of(rwt, Rwt, purpose, expire)
        self._run = rwt.run

    @known_options("issue's options")
    def issue(
        self, data: Any, *, subject: str | None = None, replaces: bool = False, expire: int | None = None
    ) -> str:
        """Makes a token that can be consumed once: 81 characters that a URL can hold as they are.

        `data` is any JSON value, and lies in Redis as plain text. With `replaces`, only the subject's newest token works.
        """
        return self._run(issue(self._parts, data, subject=subject, replaces=replaces, expire=expire))

    def peek(self, token: str | None) -> OnceFound | None:
        """Reads what a token stands for and leaves it as it is: for the page that a link opens, which mail scanners open too."""
        return self._run(peek(self._parts, token))

    def consume(self, token: str | None) -> OnceFound | None:
        """Takes a token away. Of all calls with the same token, by any service, at most one gets what it stands for.

        If it raises `StoreUnavailableError`, the token may be gone: let the user ask for another one.
        """
        return self._run(consume(self._parts, token))

    @known_options("issue_code's options")
    def issue_code(
        self, subject: str, data: Any = None, *, attempts: int = 5, digits: int = 6, expire: int | None = None
    ) -> str:
        """Makes a code of 6 to 12 digits for a subject, which replaces the subject's code before.

        Limit how often a subject may get one: each new code allows new guesses.
        """
        operation = issue_code(self._parts, subject, data, attempts=attempts, digits=digits, expire=expire)
        return self._run(operation)

    def consume_code(self, subject: str, code: str | None) -> OnceFound | None:
        """Takes a subject's code away if it is right. A wrong guess counts, and the last one of `attempts` ends the code."""
        return self._run(consume_code(self._parts, subject, code))

    def revoke_all(self, subject: str) -> bool:
        """Ends a subject's code, and the token issued with `replaces`. Returns whether there was anything to end."""
        return self._run(revoke_all(self._parts, subject))


class AsyncOnce:
    """`Once` for asyncio, of an `AsyncRwt`."""

    @known_options("options")
    def __init__(self, rwt: AsyncRwt, *, purpose: str, expire: int) -> None:
        self._parts = _parts_of(rwt, AsyncRwt, purpose, expire)
        self._run = rwt.run

    @known_options("issue's options")
    async def issue(
        self, data: Any, *, subject: str | None = None, replaces: bool = False, expire: int | None = None
    ) -> str:
        """See `Once.issue`."""
        return await self._run(issue(self._parts, data, subject=subject, replaces=replaces, expire=expire))

    async def peek(self, token: str | None) -> OnceFound | None:
        """See `Once.peek`."""
        return await self._run(peek(self._parts, token))

    async def consume(self, token: str | None) -> OnceFound | None:
        """See `Once.consume`."""
        return await self._run(consume(self._parts, token))

    @known_options("issue_code's options")
    async def issue_code(
        self, subject: str, data: Any = None, *, attempts: int = 5, digits: int = 6, expire: int | None = None
    ) -> str:
        """See `Once.issue_code`."""
        operation = issue_code(self._parts, subject, data, attempts=attempts, digits=digits, expire=expire)
        return await self._run(operation)

    async def consume_code(self, subject: str, code: str | None) -> OnceFound | None:
        """See `Once.consume_code`."""
        return await self._run(consume_code(self._parts, subject, code))

    async def revoke_all(self, subject: str) -> bool:
        """See `Once.revoke_all`."""
        return await self._run(revoke_all(self._parts, subject))
