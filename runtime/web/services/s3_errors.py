"""What S3's refusals mean to a role that may read objects but not list them."""

from botocore.exceptions import ClientError

_MISSING = frozenset({"404", "NoSuchKey", "403", "AccessDenied"})


def is_missing(error: ClientError) -> bool:
    """Whether the object isn't there.

    Without s3:ListBucket, which web's role lacks, S3 answers 403 for a key that doesn't exist:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    return error.response["Error"]["Code"] in _MISSING
