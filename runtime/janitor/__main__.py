"""The janitor process: handles dead job requests, and jobs whose request was lost."""

from runtime.common import aws
from runtime.common.jobs import OpenJobs
from runtime.common.messages import JobRequest
from runtime.common.process import start
from runtime.common.quarantine import Quarantine
from runtime.common.queues import Queue
from runtime.common.topics import Topic
from runtime.common.worker import Worker
from runtime.contract.processes import JanitorConfig
from runtime.contract.sqs import BATCH
from runtime.janitor.handler import JanitorHandler
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
        between_polls=StuckJobRequester(jobs=jobs, requests=requests),
        prefilter=Quarantine(
            aws.client("s3"),
            config.inputs_bucket,
            Queue(sqs, config.queue_url),
            JobRequest.from_body,
        ),
        # Unreadable messages may be many, and a request that waits behind them is somebody's job.
        at_once=BATCH,
    ).run()


if __name__ == "__main__":
    main()
