"""The CloudFormation outputs of the deployed stacks."""

from collections.abc import Mapping

from pydantic import ValidationError

from loadtest import deployment
from local.errors import LocalError


class Outputs(deployment.Outputs):
    """Those of load tests, and what the laptop cloud and the benchmarks read beside them."""

    job_results_topic: str
    job_requests_queue: str
    job_results_archive_queue: str
    restore_requests_queue: str
    archive_bucket: str
    owned_items_table: str
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
