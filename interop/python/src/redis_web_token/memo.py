"""Opens tokens, and remembers those that it has opened."""

from .redis_keys import SessionKeys, session_keys
from .secret_keys import SecretKeys
from .settings import Settings
from .token import OpenedToken, open_token

# How many opened tokens a service memoizes, in about 6 MB. A genuine token stays genuine, and a lookup costs a fraction of two
# hashes. Redis is still asked each time whether the session is live. A full memo is cleared.
_KEPT = 16_000


class Opened(SessionKeys):
    """A genuine token that may still be live, and the Redis keys of its session. Memoized, so it holds no more than calls need."""

    __slots__ = ("deadline", "expire", "generation", "keys")

    def __init__(self, keys: SessionKeys, token: OpenedToken[SecretKeys]) -> None:
        super().__init__(keys.session, keys.person)
        # The keys of the secret that signed it.
        self.keys: SecretKeys = token.keys
        # The end of the absolute lifetime, Unix seconds.
        self.deadline = token.deadline
        # Idle timeout in seconds.
        self.expire = token.expire
        self.generation = token.generation

    def ttl(self, now: int, expire: int | None = None) -> int:
        """Seconds until the session expires, by its own idle timeout or the given one, and at least 1."""
        return max(1, min(self.expire if expire is None else expire, self.deadline - now))


class Memo:
    """Opens tokens that may still be live, without asking Redis. Its representation shows none of them."""

    __slots__ = ("_kept", "_settings")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[str, Opened] = {}

    def open(self, token: object) -> Opened | None:
        """None for a token that can't be live."""
        # Not for a subclass of str, which decides by itself what it equals.
        opened = self._kept.get(token) if type(token) is str else None
        if opened is None:
            return self._open_new(token)
        return None if opened.deadline - self._settings.now() < 1 else opened

    def _open_new(self, token: object) -> Opened | None:
        found = open_token(self._settings.ring, token)
        # Expired tokens are not memoized: they seldom come again.
        if found is None or found.deadline - self._settings.now() < 1:
            return None
        # Nearly all tokens have the service's own idle timeout: one number for all of them takes less memory.
        if found.expire == self._settings.expire:
            found.expire = self._settings.expire
        opened = Opened(session_keys(self._settings.prefix, found), found)
        if type(token) is str:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[token] = opened
        return opened
