"""What annotation adds to the INFO of records: CSQ, why alleles have none, and tracks' values."""

import polars as pl
import pyarrow as pa

from runtime.annotator import csq_field
from runtime.annotator.alleles import Skip
from runtime.annotator.bundle import Bundle
from runtime.annotator.rows import Rows
from runtime.annotator.tags import Tags

# A comma parts the alleles: https://samtools.github.io/hts-specs/VCFv4.3.pdf, 1.2
_ENCODED = {",": "%2C", ";": "%3B", "=": "%3D"}


def additions(rows: Rows, tags: Tags, bundle: Bundle, texts: pl.DataFrame) -> list[bytes]:
    """Return for each group, in order, what its records get; empty for nothing.

    Args:
        rows: of a part.
        tags: the INFO keys.
        bundle: the reference.
        texts: what each transcript says, see transcript_table.mapped_table.
    """
    alleles = rows.alleles
    consequences = _consequences(rows, tags, texts, predictions=bool(bundle.predictions))
    reason = pl.col("skip").replace(Skip.UNSPECIFIED.value, None)
    parts = [_values(alleles.with_columns(reason), "skip", tags.not_annotated)]
    parts += [_values(alleles, field.tag, tags.fields[field.column]) for field in bundle.fields]
    found = [part for part in parts if not part.is_empty()]
    if not found:
        return consequences
    others = (
        pl.concat(found).group_by("group", maintain_order=True).agg(pl.col("text").str.join(";"))
    )
    for group, text in others.iter_rows():
        before = consequences[group]
        consequences[group] = before + b";" + text.encode() if before else text.encode()
    return consequences


def _consequences(rows: Rows, tags: Tags, texts: pl.DataFrame, *, predictions: bool) -> list[bytes]:
    """CSQ of each group; empty where none of its alleles is annotated."""
    entries = csq_field.entries(rows, texts, predictions=predictions) + ","
    groups = rows.alleles["group"].gather(rows.effects["allele"])
    if rows.alleles["skip"].null_count() < len(rows.alleles):
        skipped = rows.alleles["skip"].is_not_null().gather(rows.effects["allele"])
        entries = entries.set(skipped, "")
    # Entries of a group lie together, each with a comma behind it, so a piece of the column's bytes
    # is the value.
    lengths = entries.str.len_bytes().cast(pl.Int64).cum_sum()
    ends = lengths.gather(groups.rle().struct.field("len").cum_sum() - 1).to_list()
    values = memoryview(_bytes(entries))
    key = f"{tags.consequence}=".encode()
    made, start = [], 0
    for end in ends:
        made.append(key + values[start : end - 1] if end > start else b"")
        start = end
    return made


def _bytes(texts: pl.Series) -> "pa.Buffer":
    """The bytes of a column of texts, one behind the other."""
    column = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    buffer = column.buffers()[2]
    if buffer is None:
        raise ValueError("a column of texts without bytes")
    return buffer


def _values(alleles: pl.DataFrame, column: str, key: str) -> pl.DataFrame:
    """KEY=value,value of each group with a value: one an allele, '.' for none."""
    known = alleles.filter(pl.col(column).is_not_null()).select("group").unique()
    if known.is_empty():
        return pl.DataFrame(schema={"group": pl.UInt32, "text": pl.String})
    value = pl.col(column).str.replace_many(_ENCODED).fill_null(".")
    return (
        alleles.join(known, on="group", how="semi", maintain_order="left")
        .group_by("group", maintain_order=True)
        .agg(text=pl.concat_str(pl.lit(f"{key}="), value.str.join(",")))
    )
