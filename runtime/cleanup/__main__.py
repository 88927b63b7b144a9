"""The cleanup process: deletes surplus copies of the results that messages name."""

from runtime.cleanup.handler import CleanupHandler
from runtime.common import aws
from runtime.common.jobs import ResultStates
from runtime.common.messages import SurplusCopies
from runtime.common.objects import Objects
from runtime.common.process import start
from runtime.common.worker import Worker
from runtime.contract.processes import CleanupConfig
from runtime.contract.sqs import BATCH


def main() -> None:
    """Run until SIGTERM."""
    config = start(CleanupConfig)
    handler = CleanupHandler(
        states=ResultStates(aws.table(config.annotations_table)),
        objects=Objects(aws.client("s3")),
        results_bucket=config.results_bucket,
        archive_bucket=config.archive_bucket,
    )
    Worker(
        sqs=aws.client("sqs"),
        queue_url=config.queue_url,
        parse=SurplusCopies.from_body,
        handler=handler,
        at_once=BATCH,
    ).run()


if __name__ == "__main__":
    main()
