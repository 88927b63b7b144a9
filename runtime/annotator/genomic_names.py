"""HGVSg: names of sites on their contig, such as NC_000009.12:g.404del."""

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.common.manifest import Contig
from runtime.vcf.fasta import Fasta
from runtime.vcf.genomic import Bases, describe

# Codes of mitochondria alone, and what their contigs are called.
_MITOCHONDRIAL_CODES = frozenset({2, 3, 5, 9, 13, 14, 16, 21, 22, 23, 24})
_MITOCHONDRIAL_NAMES = frozenset({"m", "mt", "chrm", "chrmt", "mtdna", "mito", "mitochondrion"})


def genomic_names(sites: pl.DataFrame, bundle: Bundle) -> pl.Series:
    """Name each site, by the contig's accession where the bundle knows it, else by its name."""
    contigs = bundle.manifest.contigs
    prefixes = pl.Series([_prefix(contig) for contig in contigs], dtype=pl.String)
    prefix = prefixes.gather(sites["contig"])
    single = (pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1)
    named = sites.select(
        pl.when(single).then(pl.format("{}{}{}>{}", prefix, "position", "ref", "alt"))
    ).to_series()
    others = sites.with_row_index("_row").filter(~single)
    rows = others.select("contig", "position", "ref", "alt").iter_rows()
    changes = [
        _name(_prefix(contigs[place]), position, ref, alt, _bases(bundle.fasta, contigs[place]))
        for place, position, ref, alt in rows
    ]
    if changes:
        named = named.scatter(others["_row"], pl.Series(changes, dtype=pl.String))
    return named.alias("HGVSg")


def _name(prefix: str, position: int, ref: str, alt: str, bases: Bases) -> str | None:
    change = describe(position, ref, alt, bases)
    return f"{prefix}{change}" if change else None


def _prefix(contig: Contig) -> str:
    names = {name.lower() for name in (contig.name, *contig.aliases)}
    mitochondrial = contig.genetic_code in _MITOCHONDRIAL_CODES or names & _MITOCHONDRIAL_NAMES
    return f"{contig.accession or contig.name}:{'m' if mitochondrial else 'g'}."


def _bases(fasta: Fasta, contig: Contig) -> Bases:
    return lambda position, count: fasta.bases(contig.name, position, count).decode()
