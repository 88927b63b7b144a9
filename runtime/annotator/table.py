"""Reads an annotated VCF once: its rows into Parquet, its counts into a tally."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path

from runtime.annotator.bundle import Bundle
from runtime.annotator.header import read_header
from runtime.annotator.limits import Limits
from runtime.annotator.parquet import ParquetWriter
from runtime.annotator.provenance import Provenance
from runtime.annotator.reader import Reader
from runtime.annotator.rows import RowMaker
from runtime.annotator.schema import schema
from runtime.annotator.tally import Counting, Tally


def read_table(
    vcf: Path,
    parquet: Path,
    bundle: Bundle,
    *,
    limits: Limits,
    tick: Callable[[float], None],
) -> tuple[Provenance, Tally]:
    """Write the Parquet file of an annotated VCF; return how it was made, and its counts."""
    with Reader(vcf, limits, tick) as reader:
        blocks = reader.blocks()
        header, rest = read_header(blocks, limits)
        provenance = Provenance.from_header(header.lines)
        metadata = {"gas_annotation": provenance.model_dump_json()}
        counting = Counting([field.column for field in bundle.fields], bundle.contigs)
        maker = RowMaker(bundle, provenance.tags, counting)
        records = 0
        columns = schema(bundle)
        with ParquetWriter(parquet, columns.with_metadata(metadata)) as writer:
            for block in chain([rest], blocks):
                if block.lines:
                    writer.add(maker.table(block.lines, records + 1), len(block.text))
                    records += len(block.lines)
        return provenance, counting.finish()
