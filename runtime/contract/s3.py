"""Objects: the layout of their keys, storage classes, and how S3 restores what is archived."""

from typing import Literal

USERS_PREFIX = "users/"
"""Of every object of users, in inputs, results and archive: users/<user_id>/<job_id>/<file name>"""

QUARANTINE_PREFIX = "quarantine/"
"""In inputs: bodies of messages that can't be read, which expire as uploads do."""

StorageClass = Literal["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "STANDARD_IA"]
"""Of archived results; the last two are readable without a restore.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html"""

UPLOAD_SECONDS = 24 * 3600
"""How long after it was opened an upload may still arrive. S3 lets it start only in its first
minutes, but 5 GB over a slow connection take hours."""

RestoreTier = Literal["Expedited", "Standard", "Bulk"]

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
