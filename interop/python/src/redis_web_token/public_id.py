"""Public ids of sessions: the session's name in Redis, encrypted, so that a list shows nothing that is in Redis or in a token."""

import re

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from . import base64url
from .secret_keys import SecretKeys

_SHAPE = re.compile("[A-Za-z0-9_-]{21}[AQgw]")


def id_of(keys: SecretKeys, lookup: bytes) -> str:
    """One AES-256 block under a key of its own."""
    encryptor = Cipher(AES(keys.id), ECB()).encryptor()
    return base64url.encode(encryptor.update(lookup) + encryptor.finalize())


def lookup_of(keys: SecretKeys, public_id: str) -> bytes:
    """The lookup; meaningless bytes if another secret made the id. The id looks like one."""
    decryptor = Cipher(AES(keys.id), ECB()).decryptor()
    return decryptor.update(base64url.decode(public_id) or bytes(16)) + decryptor.finalize()


def is_public_id(value: object) -> bool:
    return isinstance(value, str) and _SHAPE.fullmatch(value) is not None
