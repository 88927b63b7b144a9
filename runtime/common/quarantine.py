"""Sets aside messages that can't be read, so that they keep nobody from those that can."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common import job_metrics
from runtime.common.log import get_logger
from runtime.common.messages import BadMessage
from runtime.common.queues import Queue
from runtime.contract.s3 import QUARANTINE_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs.type_defs import MessageTypeDef

log = get_logger(__name__)


@dataclass(frozen=True)
class Quarantine:
    """A prefilter: what can't be read goes into a bucket, all of one receive in one object.

    That takes two calls a receive, so that thousands of them are out of the way within a minute.
    What lies in the bucket is deleted with the bucket's own expiry.

    Args:
        parse: makes a message of a body; raises BadMessage.
    """

    s3: "S3Client"
    bucket: str
    queue: Queue
    parse: Callable[[str], object]

    def __call__(self, received: "list[MessageTypeDef]") -> "list[MessageTypeDef]":
        """Set aside what can't be read, and delete it; return the other messages.

        What S3 or SQS doesn't take comes again after its visibility timeout, and may then lie in
        the bucket twice.
        """
        errors = {raw["MessageId"]: error for raw in received if (error := self._error(raw))}
        bad = [raw for raw in received if raw["MessageId"] in errors]
        if bad:
            try:
                self._keep(bad, errors)
            except (ClientError, BotoCoreError):
                log.exception("messages could not be set aside, they come again")
        return [raw for raw in received if raw["MessageId"] not in errors]

    def _keep(self, bad: "list[MessageTypeDef]", errors: dict[str, str]) -> None:
        key = f"{QUARANTINE_PREFIX}{bad[0]['MessageId']}.json"
        content = [{"body": raw["Body"], "error": errors[raw["MessageId"]]} for raw in bad]
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(content).encode())
        self.queue.delete_batch([raw["ReceiptHandle"] for raw in bad])
        job_metrics.messages_quarantined(len(bad))
        log.error("messages set aside", messages=len(bad), error=content[0]["error"], key=key)

    def _error(self, raw: "MessageTypeDef") -> str:
        """What is wrong with a message; empty if nothing is."""
        try:
            self.parse(raw["Body"])
        except BadMessage as error:
            return str(error)
        return ""
