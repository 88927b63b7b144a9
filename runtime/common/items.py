"""Conditional writes of one DynamoDB item, with the refusal as an exception of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_NAME = re.compile(r"#(\w+)")


class ConditionFailed(Exception):
    """The item isn't as the condition wants it; nothing was written."""


@dataclass(frozen=True)
class Condition:
    """A condition on an item: `#name` stands for the attribute `name`, `:name` for a value.

    Written out, and not with boto3's Attr: a table numbers the placeholders of those in one
    builder that all threads share, so that two writes at once can get each other's attributes.
    https://docs.aws.amazon.com/boto3/latest/guide/resources.html (resources and threads)
    """

    expression: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: "Condition") -> "Condition":
        """Return the condition that holds where both hold."""
        return Condition(
            f"({self.expression}) AND ({other.expression})", {**self.values, **other.values}
        )

    def __or__(self, other: "Condition") -> "Condition":
        """Return the condition that holds where either holds."""
        return Condition(
            f"({self.expression}) OR ({other.expression})", {**self.values, **other.values}
        )


def exists(name: str) -> Condition:
    """Return the condition that the item has the attribute `name`."""
    return Condition(f"attribute_exists(#{name})")


def not_exists(name: str) -> Condition:
    """Return the condition that the item lacks the attribute `name`, or isn't there."""
    return Condition(f"attribute_not_exists(#{name})")


def put(table: "Table", item: dict[str, Any], *, condition: Condition) -> None:
    """Write a whole item if `condition` holds.

    Raises:
        ConditionFailed: it doesn't.
    """
    _write(table.put_item, condition, Item=item)


def update(
    table: "Table",
    key: dict[str, str],
    *,
    condition: Condition,
    set_: Mapping[str, Any],
    remove: tuple[str, ...] = (),
    add: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Set, remove and increment attributes if `condition` holds; return the whole new item.

    Raises:
        ConditionFailed: it doesn't.
        ValueError: the condition gives a name that is also set to a value of its own.
    """
    values = {**set_, **(add or {})}
    if clash := values.keys() & condition.values.keys():
        raise ValueError(f"the condition and the update both name {sorted(clash)}")
    clauses = {
        "SET": [f"#{name} = :{name}" for name in set_],
        "REMOVE": [f"#{name}" for name in remove],
        "ADD": [f"#{name} :{name}" for name in add or {}],
    }
    expression = " ".join(f"{verb} {', '.join(c)}" for verb, c in clauses.items() if c)
    try:
        answer = table.update_item(
            Key=key,
            UpdateExpression=expression,
            ConditionExpression=condition.expression,
            ExpressionAttributeNames=_names(f"{expression} {condition.expression}"),
            ExpressionAttributeValues=_values({**values, **condition.values}),
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        raise _translated(error) from error
    return answer["Attributes"]


def delete(table: "Table", key: dict[str, str], *, condition: Condition) -> None:
    """Delete an item if `condition` holds.

    Raises:
        ConditionFailed: it doesn't.
    """
    _write(table.delete_item, condition, Key=key)


def _write(call: Callable[..., object], condition: Condition, **item: dict[str, Any]) -> None:
    # DynamoDB refuses an empty map of values.
    values = {"ExpressionAttributeValues": _values(condition.values)} if condition.values else {}
    try:
        call(
            **item,
            ConditionExpression=condition.expression,
            ExpressionAttributeNames=_names(condition.expression),
            **values,
        )
    except ClientError as error:
        raise _translated(error) from error


def filtered(query: dict[str, Any], condition: Condition) -> dict[str, Any]:
    """Return a query that yields only what meets `condition`, of all that it reads."""
    return {
        **query,
        "FilterExpression": condition.expression,
        "ExpressionAttributeNames": _names(condition.expression),
        "ExpressionAttributeValues": {
            **query["ExpressionAttributeValues"],
            **_values(condition.values),
        },
    }


def _names(expression: str) -> dict[str, str]:
    # Every attribute goes by a placeholder: "error" and others are reserved words.
    return {f"#{name}": name for name in _NAME.findall(expression)}


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f":{name}": value for name, value in values.items()}


def _translated(error: ClientError) -> Exception:
    refused = error.response["Error"]["Code"] == "ConditionalCheckFailedException"
    return ConditionFailed(str(error)) if refused else error
