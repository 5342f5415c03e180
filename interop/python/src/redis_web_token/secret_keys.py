"""The keys that are derived from one secret by HKDF-SHA-256 with an empty salt (RFC 5869)."""

import hmac


class SecretKeys:
    """The keys of one secret."""

    __slots__ = ("kid", "_lookup", "_subject", "_token", "id", "payload")

    def __init__(self, secret: bytes) -> None:
        # An empty salt stands for 32 zeros. One block is enough for each key.
        extracted = _mac(bytes(32), secret)

        def derive(name: bytes) -> bytes:
            return _mac(extracted, b"rwt/1/%s\x01" % name)

        # A hint, 0 to 255, to the secret of a ring that signed a token. Two secrets may have the same one.
        self.kid = derive(b"kid")[0]
        # Keyed once: the copies that hash messages begin behind the key.
        self._token = hmac.new(derive(b"token"), digestmod="sha256")
        self._lookup = hmac.new(derive(b"lookup"), digestmod="sha256")
        self._subject = derive(b"subject")
        # The key of AES-256-GCM that encrypts lines of values.
        self.payload = derive(b"payload")
        # The key of AES-256 that makes public ids.
        self.id = derive(b"id")

    def tag_of(self, body: bytes) -> bytes:
        """The 16-byte tag of a token's body."""
        return _mac_behind(self._token, body)[:16]

    def lookup_of(self, identifier: bytes) -> bytes:
        """32 bytes of a session's id: the lookup in the first 16, the person's mask in the next 12."""
        return _mac_behind(self._lookup, identifier)

    def person_of(self, subject: str) -> bytes:
        """The 12 bytes that stand for a subject in Redis."""
        return _mac(self._subject, subject.encode())[:12]


def _mac_behind(keyed: hmac.HMAC, message: bytes) -> bytes:
    own = keyed.copy()
    own.update(message)
    return own.digest()


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
