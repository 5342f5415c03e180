"""How requests carry tokens, in any framework: cookies, CSRF, and the answers of RFC 6750."""

from .answers import RequestRefusedError, SignedIn, SignedOut
from .requirement import meets_requirement

__all__ = ["RequestRefusedError", "SignedIn", "SignedOut", "meets_requirement"]
