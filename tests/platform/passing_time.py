"""Time that has passed, for tests that can't wait for it."""

from runtime.common.job import Job
from runtime.common.messages import JobResult
from tests.cloud import DeployedCloud


def let_time_pass(cloud: DeployedCloud, job: Job, seconds: int) -> None:
    """Let a job have been completed earlier, and deliver its message to the archive now."""
    put_back(cloud, "AnnotationsTable", {"job_id": job.job_id}, "complete_time", seconds)
    message = JobResult.of(cloud.jobs.require(job.job_id))
    send(cloud, "JobResultsArchiveQueue", message.to_body())


def put_back(
    cloud: DeployedCloud, table: str, key: dict[str, str], name: str, seconds: int
) -> None:
    """Let the time in one attribute of an item be earlier; the table goes by its output's name."""
    cloud.account.dynamodb().Table(cloud.outputs[table]).update_item(
        Key=key,
        UpdateExpression=f"ADD {name} :earlier",
        ExpressionAttributeValues={":earlier": -seconds},
    )


def send(cloud: DeployedCloud, queue: str, body: str) -> None:
    """Send a message to a queue, by the name of its output."""
    sqs = cloud.session.client("sqs", endpoint_url=cloud.endpoint_url)
    sqs.send_message(QueueUrl=cloud.outputs[queue], MessageBody=body, DelaySeconds=0)
