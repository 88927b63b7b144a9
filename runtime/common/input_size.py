"""How large an input may be: the upload page promises what the annotator takes.

One annotator annotates a job in an hour at the most. What it can take in that time follows from the
rates measured in docs/performance.md, halved: a slower machine, or a file of many effects, must
still end in time.
"""

GB = 1000**3
"""Sizes that people read are decimal, as their file managers show them."""

JOB_SECONDS = 3600
"""The longest that a job may take."""

FEWEST_CORES = 2
"""Of an annotator, in the shipped stages."""

BYTES_PER_CORE_SECOND = 10_000_000
"""Of decompressed genotypes, that a core reads twice and writes once."""

ALLELES_PER_CORE_SECOND = 2_500
"""That a core annotates."""

MAX_INPUT_BYTES = 5 * GB
"""Bytes of one file as uploaded, on any plan: the most that S3 takes in one POST.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"""

MAX_DECOMPRESSED_BYTES = JOB_SECONDS * FEWEST_CORES * BYTES_PER_CORE_SECOND
"""Bytes of the same file once it is decompressed."""

MAX_RECORD_ALLELES = 2_000
"""ALT alleles of one record."""

MAX_ALLELE_BASES = 10_000
"""Bases of REF; where it has more, the alleles are kept but not annotated."""

MAX_INSERTED_BASES = 5_000
"""Bases of an ALT allele, in the same way."""
