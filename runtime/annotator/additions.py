"""What annotation adds to the INFO of records: CSQ, why alleles have none, and tracks' values."""

import polars as pl

from runtime.annotator import csq_field
from runtime.annotator.bundle import Bundle
from runtime.annotator.tags import Tags


def additions(
    rows: pl.DataFrame, tracks: pl.DataFrame, tags: Tags, bundle: Bundle, texts: pl.DataFrame
) -> list[bytes]:
    """Return for each group, in order, what its records get.

    Args:
        rows: see rows.rows_of.
        tracks: `group`, `number` and a text column for each field of the tracks, by its tag; an
            allele of which no track says anything may be missing.
        tags: the INFO keys.
        bundle: the reference.
        texts: of csq_field.transcript_texts.
    """
    groups = rows.select(pl.col("group").unique(maintain_order=True))
    parts = [_consequences(rows, tags, texts), _reasons(rows, tags)]
    parts += [
        _values(rows, tracks, field.tag, tags.fields[field.column]) for field in bundle.fields
    ]
    columns = []
    for number, part in enumerate(part for part in parts if not part.is_empty()):
        groups = groups.join(
            part.rename({"text": f"part{number}"}), on="group", how="left", maintain_order="left"
        )
        columns.append(f"part{number}")
    if not columns:
        return [b""] * len(groups)
    text = pl.concat_str(columns, separator=";", ignore_nulls=True)
    return groups.select(text.cast(pl.Binary)).to_series().to_list()


def _consequences(rows: pl.DataFrame, tags: Tags, texts: pl.DataFrame) -> pl.DataFrame:
    annotated = rows.filter(pl.col("skip").is_null())
    entries = csq_field.entries(annotated, texts)
    return (
        annotated.select("group", entry=entries)
        .group_by("group", maintain_order=True)
        .agg(text=pl.concat_str(pl.lit(f"{tags.consequence}="), pl.col("entry").str.join(",")))
    )


def _reasons(rows: pl.DataFrame, tags: Tags) -> pl.DataFrame:
    skipped = rows.filter(pl.col("skip").is_not_null()).select("group").unique()
    alleles = rows.join(skipped, on="group", how="semi").unique(
        ["group", "number"], maintain_order=True, keep="first"
    )
    return _joined(alleles, "skip", tags.not_annotated)


def _values(rows: pl.DataFrame, tracks: pl.DataFrame, field: str, key: str) -> pl.DataFrame:
    known = tracks.filter(pl.col(field).is_not_null()).select("group").unique()
    alleles = (
        rows.join(known, on="group", how="semi")
        .select("group", "number")
        .unique(maintain_order=True)
        .join(tracks, on=["group", "number"], how="left", maintain_order="left")
        # A comma parts the alleles: https://samtools.github.io/hts-specs/VCFv4.3.pdf, 1.2
        .with_columns(pl.col(field).str.replace_all(",", "%2C", literal=True))
    )
    return _joined(alleles, field, key)


def _joined(alleles: pl.DataFrame, column: str, key: str) -> pl.DataFrame:
    """The values of each group's alleles, '.' for none, after the key."""
    return alleles.group_by("group", maintain_order=True).agg(
        text=pl.concat_str(pl.lit(f"{key}="), pl.col(column).fill_null(".").str.join(","))
    )
