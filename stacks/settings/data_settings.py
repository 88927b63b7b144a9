"""Which data is kept, and for how long."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from stacks.settings.base import Settings

LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096]
"""The values that CloudWatch Logs allows, up to three years.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""


TableName = Literal["annotations", "users", "ephemeral", "owned_items", "audit"]

TABLES: tuple[TableName, ...] = get_args(TableName)


def in_outputs(table: str) -> str:
    """Return a table's name as the stack's outputs begin with it: OwnedItems of owned_items."""
    return "".join(word.capitalize() for word in table.split("_"))


class Data(Settings):
    """How long data is kept."""

    inputs_days: int = Field(
        ge=1,
        description="Days after which an uploaded file is deleted. Its result is kept.",
    )
    replaced_days: int = Field(
        ge=1,
        description="Days for which a deleted or overwritten result can be restored.",
    )
    logs_days: LogDays = Field(
        description="Days for which access logs, flow logs and the logs of instances are kept.",
    )
    recovered_tables: dict[TableName, Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]] = (
        Field(
            default={},
            description="Tables that were restored to a point in time and are used in the place "
            "of the stage's own, by what they hold. `./gas recover` sets this.",
        )
    )


class Audit(Settings):
    """The log of who did what."""

    days: int = Field(
        default=365,
        ge=1,
        le=3653,
        description="Days for which it is kept who read or changed what, also of an account that "
        "was deleted meanwhile.",
    )
    locked: bool = Field(
        default=False,
        description="Write each record to a bucket with Object Lock too, where nobody can change "
        "or delete it before its time, not even the account's root user. Such a bucket can't be "
        "deleted either until all of its records have expired. Later changes of `days` are for new "
        "records.",
    )
