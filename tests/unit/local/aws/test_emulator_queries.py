"""Queries of the emulator: the same answers as its own, for less."""

from typing import Any

import pytest
from ministack.services import dynamodb

from local.aws.emulator_queries import (
    KEY_CONDITION,
    deciding_equalities,
    reading_at_once,
    skipping_by_halves,
)

ITEM = {"user_id": {"S": "ada"}, "submit_time": {"N": "7"}}
TABLE = {
    "pk_name": "job_id",
    "sk_name": None,
    "AttributeDefinitions": [
        {"AttributeName": "job_id", "AttributeType": "S"},
        {"AttributeName": "submit_time", "AttributeType": "N"},
    ],
}
# Numbers are sorted as such (9 before 10), and those that are equal by the table's own key.
JOBS = [
    {"user_id": {"S": "ada"}, "submit_time": {"N": str(time)}, "job_id": {"S": job_id}}
    for time, job_id in ((7, "b"), (9, "a"), (9, "c"), (10, "a"))
]


def own(*_: Any, **__: Any) -> Any:
    raise AssertionError("the emulator's own function was called")


@pytest.mark.parametrize("name", ["user_id", "#n0"])
@pytest.mark.parametrize(("value", "meets"), [({"S": "ada"}, True), ({"S": "bob"}, False)])
def test_should_decide_alone_when_one_key_equals_a_value(
    name: str, value: dict[str, str], meets: bool
) -> None:
    decide = deciding_equalities(own)
    names = {"#n0": "user_id"}

    assert decide(f"{name} = :u", ITEM, {":u": value}, names, slot=KEY_CONDITION) is meets


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


@pytest.mark.parametrize(
    ("value", "kind"),
    [({"S": "ada"}, "S"), ({"N": "10"}, "N"), ({"N": "1e1"}, "N")],
)
def test_should_sort_as_the_emulator_does_when_a_key_is_text_or_a_number(
    value: dict[str, str], kind: str
) -> None:
    given = ({"key": value}, "key", kind)

    assert reading_at_once(own)(*given) == dynamodb._index_order_value(*given)


@pytest.mark.parametrize(
    ("item", "kind"), [({}, "S"), ({"key": {"S": "ada"}}, "N"), ({"key": {"B": "YWRh"}}, "B")]
)
def test_should_leave_it_to_the_emulator_when_a_key_is_something_else(
    item: dict[str, Any], kind: str
) -> None:
    order_value = reading_at_once(lambda *given: given)

    assert order_value(item, "key", kind) == (item, "key", kind)


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize(
    "start",
    [*JOBS, {**JOBS[0], "job_id": {"S": "a"}}, {**JOBS[1], "job_id": {"S": "b"}}],
    ids=["first", "second", "third", "last", "before all", "between two"],
)
def test_should_begin_where_the_emulator_does_when_a_page_follows_another(
    start: dict[str, Any], forward: bool
) -> None:
    jobs = JOBS if forward else JOBS[::-1]
    page = (jobs, start, "user_id", "submit_time", forward, TABLE)

    assert skipping_by_halves(own)(*page) == dynamodb._apply_exclusive_start_key(*page)


@pytest.mark.parametrize(("start", "table"), [({}, TABLE), (JOBS[0], None)])
def test_should_leave_it_to_the_emulator_when_nothing_says_how_items_are_sorted(
    start: dict[str, Any], table: dict[str, Any] | None
) -> None:
    page = (JOBS, start, "user_id", "submit_time", True, table)
    seen: list[tuple[Any, ...]] = []

    def emulators(*given: Any) -> list[dict[str, Any]]:
        seen.append(given)
        return JOBS[1:]

    assert skipping_by_halves(emulators)(*page) == JOBS[1:]
    assert seen == [page]
