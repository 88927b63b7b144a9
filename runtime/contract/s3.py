"""Storage classes of archived results, and the tiers in which S3 restores them."""

from typing import Literal

StorageClass = Literal["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "STANDARD_IA"]
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html"""

RestoreTier = Literal["Expedited", "Standard", "Bulk"]
"""Minutes, hours, half a day; DEEP_ARCHIVE has no Expedited, GLACIER_IR and STANDARD_IA need none.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html"""
