"""Bounds of what one job may cost. The file comes from a stranger: nothing of it is unbounded."""

import time
from dataclasses import dataclass, field

from runtime.annotator.errors import TimeLimitReached
from runtime.annotator.machine import GIB, bytes_of_engine, cores
from runtime.common.input_size import (
    ALLELES_PER_CORE_SECOND,
    JOB_SECONDS,
    MAX_ALLELE_BASES,
    MAX_DECOMPRESSED_BYTES,
    MAX_INPUT_BYTES,
    MAX_INSERTED_BASES,
    MAX_RECORD_ALLELES,
)

MIB = 1024**2


def alleles_in_an_hour() -> int:
    """Alleles that this machine annotates in the time of a job, on all of its cores."""
    return ALLELES_PER_CORE_SECOND * JOB_SECONDS * cores()


@dataclass(frozen=True)
class Limits:
    """Bounds of one job.

    Attributes:
        input_bytes: the file as uploaded.
        decompressed_bytes: the file decompressed.
        header_bytes: its header, decompressed. 6.8 MB of gzip can hold 1 GB of header lines.
        header_lines: lines of the header, which may be short.
        line_bytes: one line; 16 MiB hold the genotypes of some 500,000 samples.
        contigs: different names in the first column.
        contig_name_bytes: one of these names.
        contig_names_bytes: all of them together: the result's header has a line for each.
        alleles: that engines annotate. Skipped ones don't count, such as those of reference
            blocks. One that a batch of records has several times counts once.
        record_alleles: ALT alleles of one record.
        allele_bases: bases of REF; where it has more, the alleles are kept but not annotated.
        inserted_bases: bases of an ALT allele, in the same way. They are repeated in the names of
            each transcript there.
        batch_records: records after which a batch ends, at the end of a block of lines.
        batch_further_alleles: ALT alleles beyond the first of each record, in the same way: an
            annotator holds two batches, and each allele of them with all of its effects.
        batch_allele_bytes: bytes of CHROM, REF and ALT of all alleles, in the same way.
        genotype_samples: samples of a file of which a table of genotypes is made. Of files with
            more there are counts by allele alone.
        engine_memory_bytes: memory that a command of the engines may hold, pages of files aside;
            as many run at a time as the machine has room for.
        engine_file_bytes: one file that the engine writes (RLIMIT_FSIZE).
        seconds: wall time of the whole job.
    """

    input_bytes: int = MAX_INPUT_BYTES
    decompressed_bytes: int = MAX_DECOMPRESSED_BYTES
    header_bytes: int = 16 * MIB
    header_lines: int = 250_000
    line_bytes: int = 16 * MIB
    contigs: int = 100_000
    contig_name_bytes: int = 1_000
    contig_names_bytes: int = 8 * MIB
    alleles: int = field(default_factory=alleles_in_an_hour)
    record_alleles: int = MAX_RECORD_ALLELES
    allele_bases: int = MAX_ALLELE_BASES
    inserted_bases: int = MAX_INSERTED_BASES
    batch_records: int = 60_000
    batch_further_alleles: int = 15_000
    batch_allele_bytes: int = 2 * MIB
    genotype_samples: int = 50
    engine_memory_bytes: int = field(default_factory=bytes_of_engine)
    engine_file_bytes: int = 16 * GIB
    seconds: float = JOB_SECONDS


class Deadline:
    """The moment at which a job has taken too long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left; negative past the end."""
        return self._end - time.monotonic()

    def check(self) -> None:
        """Raise TimeLimitReached past the end."""
        if self.remaining < 0:
            raise TimeLimitReached(
                f"Annotating the file took longer than the {self._seconds:g} seconds that a job "
                "may take. Split it, and submit the parts."
            )
