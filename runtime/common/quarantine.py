"""Sets aside messages that can't be read, so that they keep nobody from those that can."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common import job_metrics
from runtime.common.log import get_logger
from runtime.common.messages import BadMessage
from runtime.contract.s3 import QUARANTINE_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs.type_defs import MessageTypeDef

log = get_logger(__name__)


@dataclass(frozen=True)
class Quarantine:
    """A place in a bucket. What lies there is deleted with the bucket's own expiry."""

    s3: "S3Client"
    bucket: str

    def keep(self, raw: "MessageTypeDef", error: BadMessage) -> None:
        """Write a message's body and what is wrong with it. Done again it changes nothing.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: S3 didn't take it.
        """
        key = f"{QUARANTINE_PREFIX}{raw['MessageId']}.json"
        content = {"body": raw["Body"], "error": str(error)}
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(content).encode())
        job_metrics.message_quarantined()
        log.error("message set aside", error=str(error), key=key)
