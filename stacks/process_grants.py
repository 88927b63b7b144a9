"""What each process may do. A fleet's role may do what all of the fleet's processes may."""

from collections.abc import Callable, Mapping

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from runtime.contract.dynamodb import (
    COUNTED_OF_USERS,
    ENDED_JOBS,
    FIGURES_PREFIX,
    JOBS_OF_USER,
    MAILS_OWNER,
    OPEN_JOBS,
    PLAN_PREFIX,
    RESTORING_RESULTS,
    WRITTEN_BY_WEBHOOKS,
)
from runtime.contract.s3 import QUARANTINE_PREFIX
from stacks.findings import acknowledge_pattern
from stacks.foundations import Foundations
from stacks.grants import allow, consume, read_objects, send
from stacks.mail_identity import allow_sending
from stacks.settings import ProcessName, Stage
from stacks.storage import EXPORT_KEYS, USER_KEYS, StorageStack

READ, WRITE, INSERT = "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem"
DELETE = "dynamodb:DeleteItem"

PUT_OBJECTS = ("s3:PutObject", "s3:AbortMultipartUpload")
"""Large files are written in parts; an upload that fails removes its parts."""

DELETE_VERSIONS = ("s3:DeleteObject", "s3:DeleteObjectVersion")
"""DeleteObjects always needs the first, and for a version the second too.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""

Grant = Callable[[iam.IRole, Foundations, Stage], None]


def grant(process: ProcessName, role: iam.IRole, on: Foundations, stage: Stage) -> None:
    """Allow `role` what `process` does; the secrets of the site are granted where they are made."""
    _GRANTS[process](role, on, stage)


def _web(role: iam.IRole, on: Foundations, stage: Stage) -> None:
    """Sign uploads and downloads: a presigned POST or GET may do what the role that signed may."""
    storage, annotations = on.storage, on.storage.annotations.table_arn
    # An upload in parts needs the second one to say what has arrived, and the first for the rest.
    sends = ("s3:PutObject", "s3:ListMultipartUploadParts")
    allow(role, *sends, on=storage.inputs.arn_for_objects(USER_KEYS))
    for bucket in (storage.inputs, storage.results):
        read_objects(role, bucket, USER_KEYS)
        _for_every_owner(role, bucket)
    exports = storage.results.arn_for_objects(EXPORT_KEYS)
    allow(role, "s3:GetObject", *PUT_OBJECTS, on=exports)
    _for_every_owner(role, storage.results, EXPORT_KEYS)
    allow(role, READ, INSERT, WRITE, on=annotations)
    for index in (JOBS_OF_USER, OPEN_JOBS):
        allow(role, "dynamodb:Query", on=f"{annotations}/index/{index.name}")
    for table in (storage.users, storage.ephemeral):
        allow(role, READ, INSERT, WRITE, on=table.table_arn)
    owned_items = storage.owned_items.table_arn
    allow(role, READ, INSERT, WRITE, DELETE, "dynamodb:Query", on=owned_items)
    _add_audit_records(role, storage)
    allow_sending(role, sender=stage.mail.sender)
    allow(role, "sns:Publish", on=on.messaging.job_requests_topic.topic_arn)
    messaging = on.messaging
    for work in (messaging.restore_requests, messaging.removals, messaging.webhooks):
        send(role, work.queue)


def _annotator(role: iam.IRole, on: Foundations, _: Stage) -> None:
    """Take job requests, read inputs, write results and announce them."""
    storage = on.storage
    read_objects(role, storage.inputs, USER_KEYS)
    allow(role, *PUT_OBJECTS, on=storage.results.arn_for_objects(USER_KEYS))
    for bucket in (storage.inputs, storage.results):
        _for_every_owner(role, bucket)
    allow(role, READ, WRITE, on=storage.annotations.table_arn)
    allow(role, "sns:Publish", on=on.messaging.job_results_topic.topic_arn)
    consume(role, on.messaging.job_requests.queue)


def _notify(role: iam.IRole, on: Foundations, stage: Stage) -> None:
    """Email owners, note it in the job, and keep what the next digest is to tell.

    Of the items of accounts it may touch those that are for this alone.
    """
    queue = on.messaging.job_results_notify.queue
    consume(role, queue)
    send(role, queue)
    allow_sending(role, sender=stage.mail.sender)
    allow(role, READ, on=on.storage.users.table_arn)
    allow(role, READ, WRITE, on=on.storage.annotations.table_arn)
    kept = (READ, INSERT, WRITE, DELETE, "dynamodb:Query")
    _items(role, on.storage.owned_items, MAILS_OWNER, *kept)


def _archive(role: iam.IRole, on: Foundations, _: Stage) -> None:
    """Copy results into the archive, and send messages that aren't due to the queue again."""
    storage, messaging = on.storage, on.messaging
    consume(role, messaging.job_results_archive.queue)
    for work in (
        messaging.job_results_archive,
        messaging.restore_requests,
        messaging.surplus_copies,
    ):
        send(role, work.queue)
    read_objects(role, storage.results, USER_KEYS, "s3:GetObjectVersion")
    allow(role, *PUT_OBJECTS, on=storage.archive.arn_for_objects(USER_KEYS))
    for bucket in (storage.results, storage.archive):
        _for_every_owner(role, bucket)
    allow(role, READ, WRITE, on=storage.annotations.table_arn)
    allow(role, READ, on=storage.users.table_arn)
    allow(role, "sns:Publish", on=messaging.result_moves_topic.topic_arn)


def _janitor(role: iam.IRole, on: Foundations, _: Stage) -> None:
    """Find stuck jobs, announce what became of them, and set aside messages nobody can read.

    And count for operators: what it reads for that has no name and no address.
    """
    storage, messaging = on.storage, on.messaging
    consume(role, messaging.job_requests.dlq)
    annotations = storage.annotations.table_arn
    allow(role, READ, WRITE, on=annotations)
    for index in (OPEN_JOBS, ENDED_JOBS):
        allow(role, "dynamodb:Query", on=f"{annotations}/index/{index.name}")
    _items(role, storage.ephemeral, FIGURES_PREFIX, READ, INSERT)
    _scan(role, storage.users.table_arn, COUNTED_OF_USERS)
    # CloudWatch's metrics are no resources that a policy could name.
    allow(role, "cloudwatch:GetMetricData", on="*")
    topics = [messaging.job_requests_topic, messaging.job_results_topic]
    allow(role, "sns:Publish", on=[topic.topic_arn for topic in topics])
    quarantine = f"{QUARANTINE_PREFIX}*"
    allow(role, "s3:PutObject", on=storage.inputs.arn_for_objects(quarantine))
    acknowledge_pattern(role, storage.inputs, quarantine, reason="Each body has its own name.")


def _removal(role: iam.IRole, on: Foundations, stage: Stage) -> None:
    """Delete every version of users' objects, and the items of jobs and users.

    A removed job is looked at again until its upload can't arrive any more.
    """
    storage, removals = on.storage, on.messaging.removals.queue
    consume(role, removals)
    send(role, removals)
    _delete_objects(role, storage.inputs, storage.results, storage.archive)
    allow(role, *DELETE_VERSIONS, on=storage.results.arn_for_objects(EXPORT_KEYS))
    _for_every_owner(role, storage.results, EXPORT_KEYS)
    items = [storage.annotations.table_arn, storage.users.table_arn]
    allow(role, READ, WRITE, DELETE, on=items)
    allow(role, "dynamodb:Query", on=f"{items[0]}/index/{JOBS_OF_USER.name}")
    allow(role, DELETE, "dynamodb:Query", on=storage.owned_items.table_arn)
    allow_sending(role, sender=stage.mail.sender)


def _cleanup(role: iam.IRole, on: Foundations, _: Stage) -> None:
    """Delete surplus copies of results, and raise a result's epoch before."""
    consume(role, on.messaging.surplus_copies.queue)
    _delete_objects(role, on.storage.results, on.storage.archive)
    allow(role, READ, WRITE, on=on.storage.annotations.table_arn)


def _restore(role: iam.IRole, on: Foundations, stage: Stage) -> None:
    """Ask S3 for the archived results of a user, set timers, and tell the user."""
    storage, messaging = on.storage, on.messaging
    consume(role, messaging.restore_requests.queue)
    for work in (
        messaging.restore_requests,
        messaging.restore_completed,
        messaging.job_results_archive,
    ):
        send(role, work.queue)
    _retrieve(role, storage.archive)
    annotations = storage.annotations.table_arn
    allow(role, READ, WRITE, on=annotations)
    allow(role, "dynamodb:Query", on=f"{annotations}/index/{JOBS_OF_USER.name}")
    restoring = f"{annotations}/index/{RESTORING_RESULTS.name}"
    allow(role, "dynamodb:Query", "dynamodb:Scan", on=restoring)
    allow(role, READ, on=storage.users.table_arn)
    _items(role, storage.ephemeral, PLAN_PREFIX, READ, WRITE, DELETE)
    allow_sending(role, sender=stage.mail.sender)


def _thaw(role: iam.IRole, on: Foundations, _: Stage) -> None:
    """Copy back what S3 has restored, or ask S3 again."""
    storage, messaging = on.storage, on.messaging
    consume(role, messaging.restore_completed.queue)
    for work in (messaging.job_results_archive, messaging.surplus_copies):
        send(role, work.queue)
    _retrieve(role, storage.archive)
    allow(role, *PUT_OBJECTS, on=storage.results.arn_for_objects(USER_KEYS))
    _for_every_owner(role, storage.results)
    allow(role, READ, WRITE, on=storage.annotations.table_arn)
    allow(role, READ, on=storage.users.table_arn)
    allow(role, "sns:Publish", on=messaging.result_moves_topic.topic_arn)


def _items(role: iam.IRole, table: dynamodb.ITable, prefix: str, *actions: str) -> None:
    """Allow `actions` on the items of a table whose partition keys begin with `prefix`."""
    only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{prefix}*"]}}
    allow(role, *actions, on=table.table_arn, only_if=only)


def _scan(role: iam.IRole, table_arn: str, attributes: tuple[str, ...]) -> None:
    """Allow to read these attributes of every item, and no other.

    Without the second condition a scan that names no attributes would read them all.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    only = {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": list(attributes)},
        "StringEquals": {"dynamodb:Select": ["SPECIFIC_ATTRIBUTES"]},
    }
    allow(role, "dynamodb:Scan", on=table_arn, only_if=only)


def _webhooks(role: iam.IRole, on: Foundations, stage: Stage) -> None:
    """Keep deliveries, and email the owners of webhooks that are disabled.

    In the table it may touch what belongs to accounts. The secrets of second factors among that
    are encrypted by a key that this role can't read. It can make no token, because it may write
    only some attributes.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    storage, queue = on.storage, on.messaging.webhooks.queue
    consume(role, queue)
    send(role, queue)
    allow(role, READ, on=[storage.annotations.table_arn, storage.users.table_arn])
    accounts = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["user#*"]}}
    allow(role, READ, on=storage.owned_items.table_arn, only_if=accounts)
    written = {"dynamodb:Attributes": list(WRITTEN_BY_WEBHOOKS)}
    allow(
        role,
        *(INSERT, WRITE),
        on=storage.owned_items.table_arn,
        only_if={**accounts, "ForAllValues:StringEquals": written},
    )
    allow_sending(role, sender=stage.mail.sender)
    if stage.events.bus:
        bus = f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/"
        allow(role, "events:PutEvents", on=f"{bus}{stage.events.bus}")


def _add_audit_records(role: iam.IRole, storage: StorageStack) -> None:
    """Add records and read them in the table; only add them where they are locked.

    PutItem could replace an item, which no policy can refuse. The locked copies are for that.
    """
    allow(role, INSERT, "dynamodb:Query", on=storage.audit.table_arn)
    if storage.audit_copies is not None:
        allow(role, "s3:PutObject", on=storage.audit_copies.arn_for_objects(USER_KEYS))
        _for_every_owner(role, storage.audit_copies)


def _retrieve(role: iam.IRole, archive: s3.Bucket) -> None:
    read_objects(role, archive, USER_KEYS, "s3:GetObjectVersion", "s3:RestoreObject")
    _for_every_owner(role, archive)


def _delete_objects(role: iam.IRole, *buckets: s3.Bucket) -> None:
    """Allow to list and delete every version; reading and writing objects stay refused."""
    allow(role, "s3:ListBucketVersions", on=[bucket.bucket_arn for bucket in buckets])
    allow(role, *DELETE_VERSIONS, on=[bucket.arn_for_objects(USER_KEYS) for bucket in buckets])
    for bucket in buckets:
        _for_every_owner(role, bucket)


def _for_every_owner(role: iam.IRole, bucket: s3.Bucket, keys: str = USER_KEYS) -> None:
    acknowledge_pattern(role, bucket, keys, reason="It works for every owner.")


_GRANTS: Mapping[ProcessName, Grant] = {
    "web": _web,
    "annotator": _annotator,
    "notify": _notify,
    "archive": _archive,
    "janitor": _janitor,
    "removal": _removal,
    "cleanup": _cleanup,
    "restore": _restore,
    "thaw": _thaw,
    "webhooks": _webhooks,
}
