"""Authentication tokens that every service can check, extend and revoke at once, through Redis.

    rwt = Rwt(redis="redis://localhost:6379", secret=os.environ["RWT_SECRET"])
    token = rwt.sign({"name": "Ada"}, subject="42")
    session = rwt.verify(token)  # None: not a live token
"""

from .aio import AsyncRwt
from .errors import (
    DataError,
    MiddlewareMissingError,
    OptionRangeError,
    OptionTypeError,
    RotationLimitError,
    RwtError,
    SessionLimitError,
    StoreFailureReason,
    StoreFault,
    StoreUnavailableError,
)
from .lines import Encryption
from .service import Rwt
from .session import Authentication, Session, SessionEvent, SessionInfo, SessionList, TokenFacts

__all__ = [
    "AsyncRwt",
    "Authentication",
    "DataError",
    "Encryption",
    "MiddlewareMissingError",
    "OptionRangeError",
    "OptionTypeError",
    "RotationLimitError",
    "Rwt",
    "RwtError",
    "Session",
    "SessionEvent",
    "SessionInfo",
    "SessionLimitError",
    "SessionList",
    "StoreFailureReason",
    "StoreFault",
    "StoreUnavailableError",
    "TokenFacts",
]
