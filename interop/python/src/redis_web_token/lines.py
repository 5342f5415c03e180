"""The lines of JSON in a value: plain, or encrypted with AES-256-GCM. See SPEC.md, "Encryption"."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import base64url
from .check import boolean, known_options, range_error
from .errors import StoreUnavailableError
from .secret_keys import SecretKeys

SEALED = "e1."
_IV_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True, init=False)
class Encryption:
    """Encrypts what Redis holds of a session: data, subject and meta.

    - `encrypt`: whether to encrypt new sessions. `False` reads encrypted sessions and signs plain ones: the first step when
      several services turn encryption on.
    - `accept_plain`: whether to read sessions that aren't encrypted. Set `False` once the sessions from before have ended.
    """

    encrypt: bool
    accept_plain: bool

    @known_options("encryption's options")
    def __init__(self, *, encrypt: bool = True, accept_plain: bool = True) -> None:
        object.__setattr__(self, "encrypt", boolean("encrypt", encrypt))
        object.__setattr__(self, "accept_plain", boolean("accept_plain", accept_plain))
        if not encrypt and not accept_plain:
            raise range_error("accept_plain", "be true while encrypt is false")


class Lines:
    """How lines of JSON are stored."""

    __slots__ = ("_encryption", "_ring", "seals")

    def __init__(self, ring: Sequence[SecretKeys], encryption: Encryption | None) -> None:
        self._ring = ring
        self._encryption = encryption
        self.seals = encryption is not None and encryption.encrypt

    def write(self, keys: SecretKeys, place: str, text: str) -> str:
        return seal(keys, place, text) if self.seals else text

    def rewrite(self, keys: SecretKeys, place: str, text: str) -> str:
        """The line that replaces an encrypted one, for the scripts: empty without the key, "=" if `write` returns the same."""
        if self._encryption is None:
            return ""
        return "=" if self.seals else seal(keys, place, text)

    def open(self, line: str, key: str, number: int, iat: str | None = None) -> str | None:
        """The line's JSON. None if it isn't the line that was stored there. The rest is as for `place_of`."""
        if line.startswith(SEALED):
            if self._encryption is None:
                raise StoreUnavailableError("encrypted", "the session is encrypted: add encryption=Encryption()")
            return unseal(self._ring, place_of(key, number, iat), line)
        return line if self._encryption is None or self._encryption.accept_plain else None


def place_of(key: str, number: int, iat: str | None = None) -> str:
    """What an encrypted line is bound to, so that it doesn't decrypt elsewhere. `iat` is ten digits, for line 2 of a session."""
    return f"{key}\n{number}" if iat is None else f"{key}\n{number}\n{iat}"


def seal(keys: SecretKeys, place: str, text: str, iv: bytes | None = None) -> str:
    """Encrypts a line. No two lines may share the IV, which is random except in tests of the format."""
    iv = os.urandom(_IV_BYTES) if iv is None else iv
    sealed = AESGCM(keys.payload).encrypt(iv, text.encode(), place.encode())
    return SEALED + base64url.encode(iv + sealed)


def unseal(ring: Sequence[SecretKeys], place: str, line: str) -> str | None:
    """Decrypts a line. None if no secret of the ring encrypted it for that place."""
    raw = base64url.decode(line[len(SEALED) :])
    if raw is None or len(raw) < _IV_BYTES + _TAG_BYTES:
        return None
    for keys in ring:
        try:
            text = AESGCM(keys.payload).decrypt(raw[:_IV_BYTES], raw[_IV_BYTES:], place.encode())
        except InvalidTag:
            continue
        return text.decode(errors="replace")
    return None
