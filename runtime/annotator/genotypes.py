"""Genotypes of a file's samples, read from FORMAT and the samples' columns as a table.

Of each field only what is certain is taken: a list whose length doesn't fit the record's alleles
gives nothing, and neither does text where a number should be.
"""

from collections.abc import Iterable

import polars as pl

from runtime.annotator.columns import as_text
from runtime.vcf.zygosity import is_phased, zygosity

GENOTYPES: dict[str, pl.DataType] = {
    "record": pl.UInt32(),  # its place among those given, from 0
    "allele": pl.Int32(),  # its number in ALT, from 1
    "sample": pl.UInt32(),  # its place in the header, from 0
    "GT": pl.String(),
    "zygosity": pl.String(),  # of the allele; null where GT isn't a genotype of the record
    "phased": pl.Boolean(),
    "PS": pl.String(),
    "DP": pl.Int32(),
    "AD_ref": pl.Int32(),
    "AD_alt": pl.Int32(),
    "allele_fraction": pl.Float64(),
    "allele_fraction_source": pl.String(),
    "GQ": pl.Float64(),
    "FT": pl.String(),
}

FRACTIONS = ("AF", "VAF", "HF", "HL", "FREQ")
"""FORMAT fields in which callers give an allele's share of the reads, or its heteroplasmy: GATK
Mutect2, DRAGEN and mutserve (AF), mity and DeepVariant (VAF), MToolBox (HF), gnomAD's mitochondrial
calls (HL), VarScan (FREQ, in percent). The first that there is counts."""

READS = "reads"
"""Where none of these is there: the share follows from the numbers of reads."""

_KEYS = ("GT", "PS", "DP", "AD", "RO", "AO", "RD", "GQ", "FT", *FRACTIONS)
_OF_ALLELES = ("allele", "AD_alt", "_fraction")
_ONCE = ("record", "sample", "alternates", "GT", "PS", "DP", "AD_ref", "GQ", "FT")
_OF_CELLS = (*_OF_ALLELES, *_ONCE, "_total", "_source")
_LARGEST = 2**31 - 1


def genotypes_of(lines: list[bytes], alternates: pl.Series) -> pl.DataFrame:
    """Return GENOTYPES: a row for each record, ALT allele and sample, in this order.

    Time and memory are linear in the bytes of the lines times ALT alleles of a record, of which
    there are two at the most but in repeats.

    Args:
        lines: FORMAT and the samples of each record, with tabs between.
        alternates: ALT alleles of each; a record without one counts one, as in the table of
            variants.
    """
    cells = _cells(lines, alternates)
    cells = cells.with_columns(_field(key).alias(key) for key in _KEYS)
    cells = cells.with_columns(AD_ref=_depth_of_ref(), **_lists())
    # Nothing else that is as long as ALT may be repeated for each of its alleles.
    rows = cells.select(_OF_CELLS).explode(_OF_ALLELES, empty_as_null=True)
    if len(rows) > len(cells):
        rows = rows.sort("record", "allele", "sample")
    return (
        _with_genotypes(rows)
        .with_columns(_fraction(), _source())
        .select(pl.col(name).cast(kind) for name, kind in GENOTYPES.items())
    )


def _cells(lines: list[bytes], alternates: pl.Series) -> pl.DataFrame:
    """A row for each record and sample, with the place of each key in its FORMAT."""
    parts = as_text(pl.Series(lines, dtype=pl.Binary)).str.split("\t")
    formats = parts.list.first()
    records = pl.DataFrame(
        {
            "record": pl.int_range(len(lines), dtype=pl.UInt32, eager=True),
            "alternates": alternates.cast(pl.Int64),
            "FORMAT": formats,
            "text": parts.list.slice(1),
        }
    ).join(_places(formats.unique()), on="FORMAT", how="left", maintain_order="left")
    samples = pl.int_ranges(0, pl.col("text").list.len(), dtype=pl.UInt32)
    return (
        records.drop("FORMAT")
        .with_columns(sample=samples)
        .explode("text", "sample", empty_as_null=False)
        .with_columns(pl.col("text").str.split(":"))
    )


def _places(formats: Iterable[str]) -> pl.DataFrame:
    """Where in each FORMAT each key stands; null where it doesn't."""
    rows = []
    for each in formats:
        keys = each.split(":")
        found = {key: place for place, key in reversed(list(enumerate(keys)))}
        rows.append((each, *(found.get(key) for key in _KEYS)))
    types = {"FORMAT": pl.String, **{f"_{key}": pl.Int64 for key in _KEYS}}
    return pl.DataFrame(rows, schema=types, orient="row")


def _field(key: str) -> pl.Expr:
    """A field of a sample; null where it isn't there, or '.', which is a genotype alone."""
    found = pl.col("text").list.get(pl.col(f"_{key}"), null_on_oob=True)
    return pl.when((found != "") & ((found != ".") | (key == "GT"))).then(found)


def _count(text: pl.Expr) -> pl.Expr:
    """A number of reads."""
    found = text.cast(pl.Int64, strict=False)
    return pl.when(found.is_between(0, _LARGEST)).then(found)


def _counts(texts: pl.Expr) -> pl.Expr:
    return texts.list.eval(_count(pl.element()))


def _alternates() -> pl.Expr:
    return pl.col("alternates")


def _lists() -> dict[str, pl.Expr]:
    """Lists with a value for each ALT allele."""
    nothing = pl.lit(None).repeat_by(_alternates())
    depths, alone = pl.col("AD").str.split(","), pl.col("AO").str.split(",")
    whole = depths.list.len() == _alternates() + 1
    # VarScan has AD for the ALT allele alone, and RD for REF.
    single = pl.col("RD").is_not_null() & (_alternates() == 1) & (depths.list.len() == 1)
    depth = (
        pl.when(whole)
        .then(_counts(depths).list.slice(1))
        .when(single)
        .then(_counts(depths))
        .when(alone.list.len() == _alternates())
        .then(_counts(alone))
        .otherwise(nothing.cast(pl.List(pl.Int64)))
    )
    shares = pl.coalesce(*(_shares(key) for key in FRACTIONS), nothing.cast(pl.List(pl.Float64)))
    return {
        "AD_alt": depth,
        "_fraction": shares,
        "_total": pl.when(whole & ~_counts(depths).list.contains(None)).then(
            _counts(depths).list.sum()
        ),
        "_source": pl.coalesce(
            *(pl.when(_shares(key).is_not_null()).then(pl.lit(key)) for key in FRACTIONS)
        ),
        "allele": pl.int_ranges(1, _alternates() + 1, dtype=pl.Int32),
    }


def _shares(key: str) -> pl.Expr:
    """What a caller gives as shares of the reads; null where they aren't one for each allele."""
    texts, value = pl.col(key).str.split(","), pl.element()
    if key == "FREQ":
        percent = value.str.extract(r"^([0-9.]+)%$")
        value = percent.cast(pl.Float64, strict=False) / 100
    else:
        value = value.cast(pl.Float64, strict=False)
    found = texts.list.eval(pl.when(value.is_between(0, 1)).then(value))
    return pl.when(texts.list.len() == _alternates()).then(found)


def _depth_of_ref() -> pl.Expr:
    depths = pl.col("AD").str.split(",")
    return (
        pl.when(depths.list.len() == _alternates() + 1)
        .then(_count(depths.list.first()))
        .otherwise(pl.coalesce(_count(pl.col("RD")), _count(pl.col("RO"))))
    )


def _fraction() -> pl.Expr:
    return pl.coalesce("_fraction", _of_depths()).alias("allele_fraction")


def _of_depths() -> pl.Expr:
    """The share of the reads that AD gives an allele; of callers without AD, of its reads and
    REF's, where no other allele has any."""
    two = pl.when(_alternates() == 1).then(pl.col("AD_ref") + pl.col("AD_alt"))
    total = pl.coalesce("_total", two)
    return pl.when(total > 0).then(pl.col("AD_alt") / total)


def _source() -> pl.Expr:
    own = pl.when(pl.col("_fraction").is_not_null()).then("_source")
    depths = pl.when(_of_depths().is_not_null()).then(pl.lit(READS))
    return pl.coalesce(own, depths).alias("allele_fraction_source")


def _with_genotypes(rows: pl.DataFrame) -> pl.DataFrame:
    """Add zygosity, phase and numbers. A file has few genotypes, so each is read once."""
    key = ["GT", "allele", "alternates"]
    distinct = rows.select(key).unique().drop_nulls()
    meanings = [(*each, zygosity(*each), is_phased(each[0])) for each in distinct.iter_rows()]
    known = pl.DataFrame(
        meanings,
        schema={**distinct.schema, "zygosity": pl.String, "phased": pl.Boolean},
        orient="row",
    )
    return rows.join(known, on=key, how="left", maintain_order="left").with_columns(
        DP=_count(pl.col("DP")), GQ=pl.col("GQ").cast(pl.Float64, strict=False)
    )
