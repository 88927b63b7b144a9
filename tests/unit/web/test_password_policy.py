"""Long passwords are accepted; short ones and those that are easy to guess are refused."""

import pytest

from runtime.web.services.password_policy import MAX_LENGTH, violation

GUESSED = "easy to guess"
OWN = "without your name"


@pytest.mark.parametrize(
    "password",
    [
        "coffee mitochondria",
        "a long sentence of mine",
        "kjh 3f 98 df7s",
        "jcscPYS0tvQC5B3d",
        "ribosome ribosome",
        "zwölf Boxkämpfer jagen",
        "一二三四五六七八九十百千万",
        "🦔🐙🦉🐝🦋🐢🦀🐬🦩🦚🦜🐿 hedgehog",
        "nine purple otters sing",
        "x7 " * 100 + "qkvz",
    ],
)
def test_should_take_a_password_when_it_is_long_and_no_commonplace(password: str) -> None:
    assert violation(password, email="ada@example.org", name="Ada Lovelace") is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "12 characters or more"),
        ("k3#vQ!p9$zL", "12 characters or more"),
        ("x" * (MAX_LENGTH + 1), "at most"),
        ("123456789012", GUESSED),
        ("aaaaaaaaaaaa", GUESSED),
        ("abcabcabcabc", GUESSED),
        ("121212121212", GUESSED),
        ("passwordpassword", GUESSED),
        ("Password1234!", GUESSED),
        ("P@ssw0rd2024!", GUESSED),
        ("qwertyuiop12", GUESSED),
        ("1q2w3e4r5t6y", GUESSED),
        ("iloveyou1234", GUESSED),
        ("letmeinletmein", GUESSED),
        ("summer2024summer", GUESSED),
        ("correct horse battery staple", GUESSED),
        ("ada@example.org", OWN),
        ("adalovelace!!", OWN),
        ("LovelaceAda1815", OWN),
        ("genomicsGAS2024", OWN),
    ],
)
def test_should_say_why_when_a_password_is_refused(password: str, said: str) -> None:
    found = violation(password, email="ada@example.org", name="Ada Lovelace")
    assert found
    assert said in found


def test_should_take_a_password_when_it_is_made_of_anothers_name() -> None:
    assert violation("LovelaceLovelaceCountess", email="eve@example.org", name="Eve") is None
