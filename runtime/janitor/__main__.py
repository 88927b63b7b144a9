"""The janitor process: handles dead job requests and jobs whose request was lost, and counts."""

from collections.abc import Callable

from runtime.common import aws
from runtime.common.figure_items import FigureItems
from runtime.common.jobs import EndedJobs, OpenJobs
from runtime.common.messages import JobRequest
from runtime.common.process import start
from runtime.common.quarantine import Quarantine
from runtime.common.queues import Queue
from runtime.common.topics import Topic
from runtime.common.worker import Worker
from runtime.contract.processes import JanitorConfig
from runtime.contract.sqs import BATCH
from runtime.janitor.account_counter import AccountCounter
from runtime.janitor.figures import Figures
from runtime.janitor.handler import JanitorHandler
from runtime.janitor.job_counter import JobCounter
from runtime.janitor.storage_reader import StorageReader
from runtime.janitor.stuck_jobs import StuckJobRequester


def main() -> None:
    """Run until SIGTERM."""
    config = start(JanitorConfig)
    jobs = OpenJobs(aws.table(config.annotations_table))
    sns = aws.client("sns")
    requests = Topic(sns, config.job_requests_topic_arn)
    results = Topic(sns, config.job_results_topic_arn)
    sqs = aws.client("sqs")
    Worker(
        sqs=sqs,
        queue_url=config.queue_url,
        parse=JobRequest.from_body,
        handler=JanitorHandler(jobs=jobs, requests=requests, results=results),
        between_polls=_in_turn(StuckJobRequester(jobs=jobs, requests=requests), _figures(config)),
        prefilter=Quarantine(
            aws.client("s3"),
            config.inputs_bucket,
            Queue(sqs, config.queue_url),
            JobRequest.from_body,
        ),
        # Unreadable messages may be many, and a request that waits behind them is somebody's job.
        at_once=BATCH,
    ).run()


def _figures(config: JanitorConfig) -> Figures:
    figures = FigureItems(aws.table(config.ephemeral_table))
    jobs = EndedJobs(aws.table(config.annotations_table))
    accounts = AccountCounter(aws.table(config.users_table), figures)
    buckets = {
        "inputs": config.inputs_bucket,
        "results": config.results_bucket,
        "archive": config.archive_bucket,
    }
    storage = StorageReader(aws.client("cloudwatch"), buckets, figures)
    counters: dict[str, Callable[[], None]] = {
        "jobs": JobCounter(jobs, figures),
        "accounts": accounts,
        "storage": storage,
    }
    return Figures(counters)


def _in_turn(*parts: Callable[[], None]) -> Callable[[], None]:
    def call_all() -> None:
        for part in parts:
            part()

    return call_all


if __name__ == "__main__":
    main()
