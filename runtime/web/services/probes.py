"""What web needs of AWS, each asked by a call that its role may make anyway.

The topic isn't among them: when a publish fails the janitor makes up for it.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.jobs import JobStore
from runtime.common.users import UserStore
from runtime.web.services.health import Probe
from runtime.web.services.s3_errors import is_missing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NOBODY = "health"
"""A key that no table and no bucket holds: reading it costs little and tells the same."""


def probes(
    *, users: UserStore, jobs: JobStore, s3: "S3Client", buckets: dict[str, str]
) -> dict[str, Probe]:
    """Return the probes by the name of the part.

    Args:
        buckets: name of the part -> name of the bucket.
    """
    tables: dict[str, Probe] = {
        "users": lambda: users.get(NOBODY),
        "jobs": lambda: jobs.get(NOBODY),
    }
    return tables | {part: _bucket_probe(s3, bucket) for part, bucket in buckets.items()}


def _bucket_probe(s3: "S3Client", bucket: str) -> Probe:
    def probe() -> None:
        # GetObject and not HeadObject: only an answer with a body tells a missing key from a
        # missing bucket or a refused signature.
        try:
            s3.get_object(Bucket=bucket, Key=f"users/{NOBODY}")
        except ClientError as error:
            if not is_missing(error):
                raise

    return probe
