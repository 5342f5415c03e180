"""What the adapters to frameworks have in common: their options."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar, cast

from ..check import known_options, type_error
from ..service import Service
from .auth import RequestAuth
from .options import RETRY_AFTER, read_auth_options

Kind = TypeVar("Kind", bound=Service)


class Adapter(Generic[Kind]):
    """Authenticates a framework's requests.

    - `rwt`: the service, or a function that makes it at the first request, so that a build needs no secret
    - `carriers`: where to look for the token, `"bearer"`, `"cookie"`, `"header"`; the first of these that holds one decides.
      By default `["bearer"]`
    - `header`: the header that the carrier `"header"` reads, `"x-access-token"` by default
    - `cookie`: the cookie's `name`, `domain`, `path`, `same_site`, `secure`, `persistent` and `partitioned`
    - `csrf`: which pages of other origins may send requests that change something, if the cookie is a carrier: `{"origins": […],
      "paths": […]}`; `False` turns the check off
    - `optional`: whether to let requests without a live token through, with no session
    - `realm`: that of `WWW-Authenticate`
    - `retry_after`: seconds in the `Retry-After` of a 503
    """

    # The kind of service that the framework can run.
    _kind: type[Service] = Service

    @known_options("auth's options")
    def __init__(
        self,
        rwt: Kind | Callable[[], Kind],
        *,
        carriers: Sequence[str] | None = None,
        header: str | None = None,
        cookie: Mapping[str, Any] | None = None,
        csrf: Mapping[str, Any] | Literal[False] | None = None,
        optional: bool = False,
        realm: str = "api",
        retry_after: int = RETRY_AFTER,
    ) -> None:
        if not isinstance(rwt, self._kind) and (isinstance(rwt, Service) or not callable(rwt)):
            raise type_error("rwt", f"{self._kind.__name__}(…), or a function that makes it", rwt)
        self._given = rwt
        self._made: Kind | None = None
        self._settings = read_auth_options(
            carriers=carriers,
            header=header,
            cookie=cookie,
            csrf=csrf,
            optional=optional,
            realm=realm,
            retry_after=retry_after,
        )

    @property
    def rwt(self) -> Kind:
        """The service."""
        if self._made is None:
            made = self._given if isinstance(self._given, Service) else self._given()
            if not isinstance(made, self._kind):
                raise type_error("rwt", f"a function that returns {self._kind.__name__}(…)", made)
            self._made = cast(Kind, made)
        return self._made

    @property
    def _auth(self) -> RequestAuth:
        return RequestAuth(self.rwt._parts, self._settings)
