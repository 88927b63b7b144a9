"""DynamoDB items: conditional writes, with the refusal as an exception of its own, and queries.

Conditions are boto3's `Attr` and `Key`, and each call here turns its own into text with a builder
of its own. boto3 would do that too, but with one builder for a whole resource: it counts the
placeholders, so that two threads that write at once can get each other's attributes.
https://docs.aws.amazon.com/boto3/latest/guide/resources.html (resources and threads)

boto3 has no builder for update expressions, so that these are written here. Their placeholders are
`#attr_<name>` and `:attr_<name>`, never the condition builder's `#n0` and `:v0`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
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
    _write(table.put_item, Item=item, **on_condition(condition))


def update(
    table: "Table",
    key: dict[str, str],
    *,
    condition: ConditionBase,
    set_: Mapping[str, Any] | None = None,
    remove: tuple[str, ...] = (),
    add: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Set, remove and increment attributes if `condition` holds; return the whole new item.

    Raises:
        ConditionFailed: it doesn't.
    """
    arguments = update_arguments(key, condition=condition, set_=set_, remove=remove, add=add)
    answer: dict[str, Any] = _write(table.update_item, **arguments, ReturnValues="ALL_NEW")
    return dict(answer["Attributes"])


def update_arguments(
    key: dict[str, str],
    *,
    condition: ConditionBase,
    set_: Mapping[str, Any] | None = None,
    remove: tuple[str, ...] = (),
    add: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return the arguments of an update, on its own or in a transaction; see `update`."""
    values = {**(set_ or {}), **(add or {})}
    clauses = {
        "SET": [f"#attr_{name} = :attr_{name}" for name in set_ or {}],
        "REMOVE": [f"#attr_{name}" for name in remove],
        "ADD": [f"#attr_{name} :attr_{name}" for name in add or {}],
    }
    return {
        "Key": key,
        "UpdateExpression": " ".join(f"{verb} {', '.join(c)}" for verb, c in clauses.items() if c),
        **on_condition(
            condition,
            names={f"#attr_{name}": name for name in (*values, *remove)},
            values={f":attr_{name}": value for name, value in values.items()},
        ),
    }


def delete(table: "Table", key: dict[str, str], *, condition: ConditionBase) -> None:
    """Delete an item if `condition` holds.

    Raises:
        ConditionFailed: it doesn't.
    """
    _write(table.delete_item, Key=key, **on_condition(condition))


def on_condition(
    condition: ConditionBase,
    *,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the arguments that make a write conditional.

    `names` and `values` are those of the write's other expressions, by placeholder.
    """
    built = ConditionExpressionBuilder().build_expression(condition)
    return {
        "ConditionExpression": built.condition_expression,
        **_placeholders(
            {**(names or {}), **built.attribute_name_placeholders},
            {**(values or {}), **built.attribute_value_placeholders},
        ),
    }


def query(key: ConditionBase, *, only: ConditionBase | None = None) -> dict[str, Any]:
    """Return the arguments of a query: `key`, made of `Key`s, and `only`, made of `Attr`s.

    What doesn't meet `only` is left out of the answer, though it is read and paid for.
    """
    builder = ConditionExpressionBuilder()
    keys = builder.build_expression(key, is_key_condition=True)
    names, values = keys.attribute_name_placeholders, keys.attribute_value_placeholders
    found = {"KeyConditionExpression": keys.condition_expression}
    if only is not None:
        rest = builder.build_expression(only)  # the same builder: it goes on counting
        found["FilterExpression"] = rest.condition_expression
        names = names | rest.attribute_name_placeholders
        values = values | rest.attribute_value_placeholders
    return {**found, **_placeholders(names, values)}


def scan(only: ConditionBase) -> dict[str, Any]:
    """Return the arguments of a scan that yields what meets `only`, of all that it reads."""
    built = ConditionExpressionBuilder().build_expression(only)
    return {
        "FilterExpression": built.condition_expression,
        **_placeholders(built.attribute_name_placeholders, built.attribute_value_placeholders),
    }


def pages(read: Callable[..., Any], request: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield what each call of a table's `query` or `scan` finds, until all is read.

    The caller may change `request` between two calls.
    """
    while True:
        answer = read(**request)
        yield answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _write(call: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise ConditionFailed(str(error)) from error
        raise


def _placeholders(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"ExpressionAttributeNames": names}
    # DynamoDB refuses an empty map.
    return found | {"ExpressionAttributeValues": values} if values else found
