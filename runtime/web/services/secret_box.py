"""Encrypts what web must be able to read again, such as the secret of a second factor.

The key is derived from the secret that signs sessions: one that no role but web's can read, and
that costs no call. So a copy of the table (a backup, an export, a table restored) tells nobody a
second factor. A key of KMS would do no more: whoever can read the session secret has web's role,
which could use that key too.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """The text was encrypted with another secret, or for another subject."""


class SecretBox:
    """Encrypts and decrypts short texts (AES-CBC with HMAC-SHA256, which Fernet specifies).

    Args:
        secret: the secret that signs sessions.
        purpose: what the texts are; each purpose has a key of its own.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._secret = secret.encode()
        self._purpose = purpose

    def encrypt(self, text: str, *, subject: str) -> str:
        """Return `text` encrypted; only with the same `subject`, such as a user, it can be read."""
        return self._fernet(subject).encrypt(text.encode()).decode()

    def decrypt(self, encrypted: str, *, subject: str) -> str:
        """Return the text.

        Raises:
            Unreadable: the secret or the subject is another one.
        """
        try:
            return self._fernet(subject).decrypt(encrypted.encode()).decode()
        except InvalidToken as error:
            raise Unreadable(self._purpose) from error

    def _fernet(self, subject: str) -> Fernet:
        info = f"gas {self._purpose} {subject}".encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._secret)
        return Fernet(base64.urlsafe_b64encode(key))
