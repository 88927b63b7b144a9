"""What the values of settings may look like."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from runtime.contract.environment import SET_BY_BOOT
from runtime.contract.issuers import decode_issuers, encode_issuers
from runtime.contract.work_queues import decode_queues, encode_queues

CONSUMED = "the queue whose messages the process takes"
"""Marks the field of that queue; a process sends to the other queues that it knows."""


def _without_trailing_slash(url: str) -> str:
    return url.rstrip("/")


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
TopicArn = Annotated[str, StringConstraints(pattern=r"^arn:[\w-]+:sns:")]
SecretArn = Annotated[str, StringConstraints(pattern=r"^arn:[\w-]+:secretsmanager:")]
RoleArn = Annotated[str, StringConstraints(pattern=r"^arn:[\w-]+:iam::\d+:role/")]
HttpUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://[^/\s]+"), AfterValidator(_without_trailing_slash)
]
ConsumedQueueUrl = Annotated[HttpUrl, CONSUMED]
Issuers = Annotated[str, AfterValidator(lambda text: encode_issuers(decode_issuers(text)))]
"""Issuers of OpenID Connect, as `encode_issuers` writes them."""

WorkQueues = Annotated[str, AfterValidator(lambda text: encode_queues(decode_queues(text)))]
"""Queues with their dead-letter queues, as `encode_queues` writes them."""

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
Port = Annotated[int, Field(ge=1, le=65535), SET_BY_BOOT]
Share = Annotated[float, Field(ge=0, le=1)]
ReferencesDir = Annotated[Path, SET_BY_BOOT]

Origins = Annotated[str, StringConstraints(pattern=r"^(https?://[^/,\s]+(,https?://[^/,\s]+)*)?$")]
"""Origins of sites, with commas between them; empty for none."""
