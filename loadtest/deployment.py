"""The deployed platform, found by its CloudFormation outputs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_pascal

from loadtest.load_test_error import LoadTestError
from runtime.common.jobs import OwnerActions, Removals
from runtime.common.users import UserStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource


class Aws(Protocol):
    """An AWS account, with all permissions that a load test needs."""

    def client(self, service: Any) -> Any:
        """Return a client of a service."""

    def dynamodb(self) -> "DynamoDBServiceResource":
        """Return a resource of DynamoDB."""


class Outputs(BaseModel):
    """The outputs that load tests use, of all stacks of a stage together."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=True
    )

    inputs_bucket: str
    results_bucket: str
    annotations_table: str
    users_table: str
    job_requests_topic: str
    removals_queue: str


class Deployment:
    """A deployed platform.

    Args:
        aws: its account.
        outputs: of its stacks.
    """

    def __init__(self, aws: Aws, outputs: Outputs) -> None:
        self.aws = aws
        self.outputs = outputs
        annotations = aws.dynamodb().Table(outputs.annotations_table)
        self.jobs, self.removals = OwnerActions(annotations), Removals(annotations)
        self.users = UserStore(aws.dynamodb().Table(outputs.users_table))

    @classmethod
    def find(cls, aws: Aws, prefix: str) -> "Deployment":
        """Return the platform whose stacks have names with this prefix.

        Raises:
            LoadTestError: there is no such stack, or an output is missing.
        """
        pages = aws.client("cloudformation").get_paginator("describe_stacks").paginate()
        merged: dict[str, str] = {}
        for page in pages:
            for stack in page["Stacks"]:
                if stack["StackName"].startswith(prefix):
                    merged.update(_outputs(stack))
        try:
            return cls(aws, Outputs.model_validate(merged))
        except ValidationError as error:
            names = ", ".join(str(fault["loc"][0]) for fault in error.errors())
            raise LoadTestError(f"The stacks {prefix}* have no such output: {names}.") from error


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
