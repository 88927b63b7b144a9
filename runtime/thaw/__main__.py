"""The thaw process: objects that S3 has restored in, results back where they were."""

import sys

from runtime.annotator.bcftools import Bcftools
from runtime.annotator.bundle import load
from runtime.annotator.engine import BcftoolsEngine
from runtime.annotator.errors import BundleError
from runtime.annotator.limits import Limits
from runtime.common import aws
from runtime.common.config import ThawConfig
from runtime.common.jobs import JobStore
from runtime.common.log import get_logger
from runtime.common.messages import RestoreCompleted
from runtime.common.objects import Objects
from runtime.common.process import EXIT_CONFIG, start
from runtime.common.queues import BATCH, Queue
from runtime.common.result_states import ResultStates
from runtime.common.retention import Retention
from runtime.common.users import UserStore
from runtime.common.worker import Worker
from runtime.restore.retrieval import Retrieval
from runtime.thaw.derived import Derived
from runtime.thaw.handler import ThawHandler


def main() -> None:
    """Run until SIGTERM."""
    config = start("thaw", ThawConfig)
    try:
        bundle = load(config.bundle_dir)
    except BundleError as error:
        get_logger(__name__).critical("can't start", reason=str(error))
        sys.exit(EXIT_CONFIG)
    s3, sqs = aws.client("s3"), aws.client("sqs")
    with Bcftools() as bcftools:
        derived = Derived(s3, bundle, BcftoolsEngine(bcftools), Limits())
        handler = ThawHandler(
            jobs=JobStore(aws.table(config.annotations_table)),
            states=ResultStates(aws.table(config.annotations_table)),
            users=UserStore(aws.table(config.users_table)),
            retrieval=Retrieval(s3, config.archive_bucket, config.restore_tier),
            objects=Objects(s3),
            results_bucket=config.results_bucket,
            derive=derived.make,
            retention=Retention(config.free_retention_seconds),
            archive_queue=Queue(sqs, config.job_results_archive_queue_url),
        )
        Worker(
            sqs=sqs,
            queue_url=config.restore_completed_queue_url,
            model=RestoreCompleted,
            handler=handler,
            at_once=BATCH,
        ).run()


if __name__ == "__main__":
    main()
