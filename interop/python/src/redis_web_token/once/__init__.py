"""One-time tokens and codes: password resets, magic links, proofs of e-mail addresses, WebSocket tickets.

    resets = Once(rwt, purpose="password-reset", expire=3600)
    token = resets.issue(None, subject="42", replaces=True)
    found = resets.consume(token)  # None for any other call with this token
"""

from .service import AsyncOnce, Once
from .values import OnceFound

__all__ = ["AsyncOnce", "Once", "OnceFound"]
