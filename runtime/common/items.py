"""Conditional writes of one DynamoDB item, with the refusal as an exception of its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import ConditionBase
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class ConditionFailed(Exception):
    """The item isn't as the condition wants it; nothing was written."""


def put(table: "Table", item: dict[str, Any], *, condition: ConditionBase) -> None:
    """Write a whole item if `condition` holds.

    Raises:
        ConditionFailed: it doesn't.
    """
    try:
        table.put_item(Item=item, ConditionExpression=condition)
    except ClientError as error:
        raise _translated(error) from error


def update(
    table: "Table",
    key: dict[str, str],
    *,
    condition: ConditionBase,
    set_: Mapping[str, Any],
    remove: tuple[str, ...] = (),
    add: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Set, remove and increment attributes if `condition` holds; return the whole new item.

    Raises:
        ConditionFailed: it doesn't.
    """
    values = {**set_, **(add or {})}
    # Every attribute goes by a placeholder: "error" and others are reserved words.
    clauses = {
        "SET": [f"#{name} = :{name}" for name in set_],
        "REMOVE": [f"#{name}" for name in remove],
        "ADD": [f"#{name} :{name}" for name in add or {}],
    }
    try:
        answer = table.update_item(
            Key=key,
            UpdateExpression=" ".join(f"{verb} {', '.join(c)}" for verb, c in clauses.items() if c),
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{name}": name for name in (*values, *remove)},
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        raise _translated(error) from error
    return answer["Attributes"]


def _translated(error: ClientError) -> Exception:
    refused = error.response["Error"]["Code"] == "ConditionalCheckFailedException"
    return ConditionFailed(str(error)) if refused else error
