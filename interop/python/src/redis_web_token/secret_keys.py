"""The keys that are derived from one secret by HKDF-SHA-256 with an empty salt (RFC 5869)."""

import hmac
from collections.abc import Callable


class TokenKeys:
    """What one kind of token needs of a secret: sessions, or the one-time tokens of a purpose."""

    __slots__ = ("kid", "_lookup", "_subject", "_token")

    def __init__(self, derive: Callable[[bytes], bytes]) -> None:
        # A hint, 0 to 255, to the secret of a ring that signed a token. Two secrets may have the same one.
        self.kid = derive(b"kid")[0]
        # Keyed once: the copies that hash messages begin behind the key.
        self._token = hmac.new(derive(b"token"), digestmod="sha256")
        self._lookup = hmac.new(derive(b"lookup"), digestmod="sha256")
        self._subject = derive(b"subject")

    def tag_of(self, body: bytes) -> bytes:
        """The 16-byte tag of a token's body."""
        return _mac_behind(self._token, body)[:16]

    def lookup_of(self, identifier: bytes) -> bytes:
        """32 bytes of a token's id: the lookup in the first 16, the person's mask in the next 12."""
        return _mac_behind(self._lookup, identifier)

    def person_of(self, subject: str) -> bytes:
        """The 12 bytes that stand for a subject in Redis."""
        return mac(self._subject, subject.encode())[:12]


class SecretKeys(TokenKeys):
    """The keys of one secret."""

    __slots__ = ("_extracted", "id", "payload")

    def __init__(self, secret: bytes) -> None:
        # An empty salt stands for 32 zeros.
        self._extracted = mac(bytes(32), secret)
        super().__init__(self.derive)
        # The key of AES-256-GCM that encrypts lines of values.
        self.payload = self.derive(b"payload")
        # The key of AES-256 that makes public ids.
        self.id = self.derive(b"id")

    def derive(self, name: bytes) -> bytes:
        """The key of a name. One block of HKDF is enough for each."""
        return mac(self._extracted, b"rwt/1/%s\x01" % name)


def _mac_behind(keyed: hmac.HMAC, message: bytes) -> bytes:
    own = keyed.copy()
    own.update(message)
    return own.digest()


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
