"""The CloudFormation outputs of the deployed stacks."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_pascal

from local.errors import LocalError


class Outputs(BaseModel):
    """The outputs that the laptop cloud and the benchmarks read, of all stacks together."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=True
    )

    inputs_bucket: str
    results_bucket: str
    annotations_table: str
    users_table: str
    job_requests_topic: str
    job_results_topic: str
    job_requests_queue: str
    job_results_archive_queue: str
    restore_requests_queue: str
    archive_bucket: str
    site_url: str
    stripe_secret: str
    annotator_group: str

    @classmethod
    def of_stacks(cls, stacks: Mapping[str, Mapping[str, str]]) -> "Outputs":
        """Read the file that `cdk deploy --outputs-file` writes: stack -> output -> value.

        Raises:
            LocalError: an output is missing; the message names it.
        """
        merged = {name: value for outputs in stacks.values() for name, value in outputs.items()}
        try:
            return cls.model_validate(merged)
        except ValidationError as error:
            names = ", ".join(str(fault["loc"][0]) for fault in error.errors())
            raise LocalError(f"The stacks have no such output: {names}.") from error
