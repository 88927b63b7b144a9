"""Objects: the layout of their keys, storage classes, and how S3 restores what is archived."""

from typing import Literal

USERS_PREFIX = "users/"
"""Of every object of users, in inputs, results and archive: users/<user_id>/<job_id>/<file name>"""

EXPORTS_PREFIX = "exports/"
"""In results: files made for downloads, exports/<user_id>/<job_id>/<digest>/<file name>. S3 deletes
them after EXPORT_DAYS; whoever wants one again has it made again."""

EXPORT_DAYS = 1

LATE_EXPORT_SECONDS = 900
"""How long after a job was deleted an export of it may still arrive. Who makes one looks at the job
just before the end, so that seconds would do."""

QUARANTINE_PREFIX = "quarantine/"
"""In inputs: bodies of messages that can't be read, which expire as uploads do."""

StorageClass = Literal["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "STANDARD_IA"]
"""Of archived results; the last two are readable without a restore.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html"""

UPLOAD_SECONDS = 24 * 3600
"""How long after it was opened an upload may still arrive. S3 lets it start only in its first
minutes, but 5 GB over a slow connection take hours."""

RestoreTier = Literal["Expedited", "Standard", "Bulk"]

SHA256_METADATA = "sha256"
"""Of the annotator's objects: the metadata that holds the SHA-256 of their bytes, in hexadecimal.
Copies have it too."""

MINUTE, HOUR = 60, 3600

RESTORE_SECONDS: dict[tuple[str, str], int] = {
    ("GLACIER", "Expedited"): 5 * MINUTE,
    ("GLACIER", "Standard"): 5 * HOUR,
    ("GLACIER", "Bulk"): 12 * HOUR,
    ("DEEP_ARCHIVE", "Standard"): 12 * HOUR,
    ("DEEP_ARCHIVE", "Bulk"): 48 * HOUR,
}
"""How long a restore takes at the most, as a rule, by storage class and tier. What is missing
doesn't exist: DEEP_ARCHIVE has no Expedited.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html"""


def user_prefix(user_id: str) -> str:
    """Return the prefix of every object of one user, in inputs, results and archive alike."""
    return f"{USERS_PREFIX}{user_id}/"


def job_prefix(user_id: str, job_id: str) -> str:
    """Return the prefix of every object of one job, in inputs, results and archive alike."""
    return f"{user_prefix(user_id)}{job_id}/"


def user_exports_prefix(user_id: str) -> str:
    """Return the prefix of every export of one user, in results."""
    return f"{EXPORTS_PREFIX}{user_id}/"


def job_exports_prefix(user_id: str, job_id: str) -> str:
    """Return the prefix of every export of one job, in results."""
    return f"{user_exports_prefix(user_id)}{job_id}/"
