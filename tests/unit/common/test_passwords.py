"""What is kept of a password, and what stands for one where there is none."""

import pytest
from argon2 import PasswordHasher, extract_parameters

from runtime.common import passwords
from runtime.common.passwords import hash_of_nobody, hash_password, is_password

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", QUICK)


def test_should_know_a_password_again_when_it_is_the_one() -> None:
    kept = hash_password("nine purple otters")

    assert is_password("nine purple otters", kept)
    assert not is_password("nine purple ottersx", kept)
    assert "otters" not in kept


def test_should_compare_at_the_cost_of_new_hashes_when_there_is_nobody() -> None:
    ours = PasswordHasher()

    nobodys = extract_parameters(passwords._NOBODYS)

    assert nobodys == ours._parameters


@pytest.mark.parametrize(
    "hasher", [QUICK, PasswordHasher(time_cost=2, memory_cost=64, parallelism=4, salt_len=9)]
)
def test_should_ask_for_the_same_work_when_a_hash_is_nobodys(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobodys = hash_of_nobody(hasher)

    assert extract_parameters(nobodys) == extract_parameters(hasher.hash("x"))
    monkeypatch.setattr(passwords, "_NOBODYS", nobodys)
    assert not is_password("x", None)
    assert nobodys != hash_of_nobody(hasher)
