"""What each plan allows."""

from dataclasses import dataclass

from runtime.common.users import Role

MAX_POST_BYTES = 5 * 1024**3
"""Bytes that S3 takes in one POST; it bounds the plan without a limit of its own.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"""


@dataclass(frozen=True)
class Plans:
    """Limits of the plans, in bytes."""

    free_max_upload_bytes: int

    def max_upload_bytes(self, role: Role) -> int:
        """Return the size of the largest file that a user of this role may upload."""
        if role is Role.FREE_USER:
            return min(self.free_max_upload_bytes, MAX_POST_BYTES)
        return MAX_POST_BYTES
