"""Who somebody is at an issuer of OpenID Connect."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class OpenIdIdentity:
    """An issuer's URL and the subject that it gave: together they are unique and never reused.

    An email address is neither, so nobody is found by it.
    https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
    """

    issuer: str
    subject: str

    @property
    def key(self) -> str:
        """The key of its item in the users table, of a bounded length."""
        return f"identity#{hashlib.sha256(str(self).encode()).hexdigest()}"

    def __str__(self) -> str:
        """As a user's item lists it; a URL holds no blank."""
        return f"{self.issuer} {self.subject}"

    @classmethod
    def parse(cls, text: str) -> "OpenIdIdentity":
        """Return the identity that `str` made a text of."""
        issuer, _, subject = text.partition(" ")
        return cls(issuer, subject)
