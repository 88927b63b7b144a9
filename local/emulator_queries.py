"""DynamoDB's Query, whose cost in the emulator grows with the partition and not with the page.

ministack 1.5.33 parses and evaluates the text of a key condition anew for each item of the
partition: a page of 50 of a user's 10,000 jobs takes it 0.2 s, where DynamoDB reads the page:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
The equality of a string key, which is what every Query of GAS asks for, is decided here.
"""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb  # type: ignore[import-untyped]

Item = dict[str, Any]
Evaluate = Callable[..., bool]
"""Of expression, item, attribute values, attribute names and the expression's parameter."""

KEY_CONDITION = "KeyConditionExpression"
_EQUALITY = re.compile(r"(?P<name>\w+) = (?P<value>:\w+)")


def decide_equalities_at_once() -> None:
    """Change the emulator that is about to run in this process."""
    dynamodb._evaluate_condition = deciding_equalities(dynamodb._evaluate_condition)  # noqa: SLF001


def deciding_equalities(evaluate: Evaluate) -> Evaluate:
    """Return `evaluate`, with the key condition `name = :value` decided without a parser."""

    def wrapped(
        expression: str, item: Item, values: Item, names: Item, slot: str = "ConditionExpression"
    ) -> bool:
        equality = _EQUALITY.fullmatch(expression) if slot == KEY_CONDITION else None
        value = values.get(equality["value"], {}) if equality else {}
        if equality is None or "S" not in value:  # equal numbers may be written differently
            return evaluate(expression, item, values, names, slot=slot)
        return bool(item.get(equality["name"]) == value)

    return wrapped
