"""How large an input may be: the upload page promises what the annotator takes."""

GB = 1000**3
"""Sizes that people read are decimal, as their file managers show them."""

MAX_INPUT_BYTES = 4 * GB
"""Bytes of one file as uploaded, on any plan. S3 takes up to 5 GiB in one POST.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"""

MAX_DECOMPRESSED_BYTES = 16 * GB
"""Bytes of the same file once it is decompressed."""
