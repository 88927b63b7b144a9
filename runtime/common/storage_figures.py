"""What the buckets hold, as S3 measures it."""

from pydantic import BaseModel, Field


class BucketFigures(BaseModel):
    """A bucket, with all versions of its objects.

    Attributes:
        stored: bytes by StorageType (`runtime.contract.cloudwatch.STORAGE_TYPES`), where there are
            any.
        objects: None where S3 has reported none.
        measured_at: the epoch second of S3's newest report; None without one.
    """

    stored: dict[str, int] = Field(default_factory=dict)
    objects: int | None = None
    measured_at: int | None = None


class StorageFigures(BaseModel):
    """The buckets by their names on pages; `counted_at` is when the reports were read."""

    counted_at: int
    buckets: dict[str, BucketFigures]
