"""Secrets that are encrypted for one user."""

import pytest

from runtime.web.services.secret_box import SecretBox, Unreadable


def test_should_not_be_readable_as_another_users_when_it_is_encrypted() -> None:
    box = SecretBox("a secret", "second factor")
    encrypted = box.encrypt("JBSWY3DP", subject="ada")
    assert box.decrypt(encrypted, subject="ada") == "JBSWY3DP"
    with pytest.raises(Unreadable):
        box.decrypt(encrypted, subject="eve")
