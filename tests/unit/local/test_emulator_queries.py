"""A Query of one key's equality: the same answer as the emulator's own, without its parser."""

from typing import Any

import pytest

from local.emulator_queries import KEY_CONDITION, deciding_equalities

ITEM = {"user_id": {"S": "ada"}, "submit_time": {"N": "7"}}


def own(*_: Any, **__: Any) -> bool:
    raise AssertionError("the emulator's own evaluation was called")


@pytest.mark.parametrize(("value", "meets"), [({"S": "ada"}, True), ({"S": "bob"}, False)])
def test_should_decide_alone_when_one_key_equals_a_value(
    value: dict[str, str], meets: bool
) -> None:
    decide = deciding_equalities(own)

    assert decide("user_id = :u", ITEM, {":u": value}, {}, slot=KEY_CONDITION) is meets


@pytest.mark.parametrize(
    ("expression", "slot"),
    [
        ("user_id = :u AND submit_time < :t", KEY_CONDITION),
        ("#user = :u", KEY_CONDITION),
        ("user_id = :missing", KEY_CONDITION),
        ("submit_time = :t", KEY_CONDITION),
        ("user_id = :u", "FilterExpression"),
    ],
)
def test_should_leave_it_to_the_emulator_when_it_is_anything_else(
    expression: str, slot: str
) -> None:
    seen: list[str] = []

    def emulators(text: str, *_: Any, slot: str) -> bool:
        seen.append(f"{slot}: {text}")
        return True

    decide = deciding_equalities(emulators)

    assert decide(expression, ITEM, {":u": {"S": "ada"}, ":t": {"N": "7.0"}}, {}, slot=slot)
    assert seen == [f"{slot}: {expression}"]
