"""Alleles that a track of the reference rates as pathogenic or likely pathogenic."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from runtime.annotator.batches import Batch
from runtime.annotator.bundle import Bundle
from runtime.annotator.effects import completed
from runtime.annotator.genomic_names import genomic_names
from runtime.vcf.significance import is_pathogenic

MOST_LISTED = 100
"""Variants that are listed one by one; of more there are counts by value and by place."""


@dataclass
class Pathogenic:
    """Counts of such alleles in the records of a file, and the first of them.

    Attributes:
        rated: whether the reference has a track that rates alleles.
        alleles: how many; one that several columns rate so counts once.
        values: by column, the alleles with each value that says so.
        positions: by contig of the reference and bin, as in `Tally.positions`.
        variants: the first MOST_LISTED different ones, in the order of the file: see `facts`.
    """

    rated: bool = False
    alleles: int = 0
    values: dict[str, Counter[str]] = field(default_factory=dict)
    positions: dict[str, Counter[int]] = field(default_factory=dict)
    variants: list[dict[str, Any]] = field(default_factory=list)

    def facts(self) -> dict[str, Any] | None:
        """Return what the summary says of them; None where no track of the reference rates.

        A variant has the numbers of its record and allele, as in the Parquet file, both from 1; its
        contig, position and HGVSg; the gene and HGVSp of the transcript that is picked, or null;
        and its significance by column.
        """
        if not self.rated:
            return None
        return {
            "alleles": self.alleles,
            "values": {
                column: dict(sorted(values.items(), key=lambda item: (-item[1], item[0])))
                for column, values in sorted(self.values.items())
            },
            "positions": {
                contig: {str(at): count for at, count in sorted(bins.items())}
                for contig, bins in sorted(self.positions.items())
            },
            "variants": self.variants,
        }


class PathogenicCounting:
    """Finds them batch by batch.

    Args:
        bundle: the reference.
        bin_bases: width of the bins of each of its contigs.
        found: what is counted.
    """

    def __init__(self, bundle: Bundle, bin_bases: dict[str, int], found: Pathogenic) -> None:
        self._bundle = bundle
        self._bin_bases = bin_bases
        self._found = found
        self._columns = {
            field.tag: field.column for field in bundle.fields if field.kind == "significance"
        }
        self._records = 0
        self._listed: set[tuple[Any, ...]] = set()
        found.rated = bool(self._columns)

    def add(
        self, batch: Batch, records: pl.DataFrame, tracks: pl.DataFrame, effects: pl.DataFrame
    ) -> None:
        """Count the alleles of a batch.

        Args:
            batch: the batch.
            records: see `Batch.records_of_alleles`.
            tracks: what the tracks say of sites, see `tracks.track_fields`.
            effects: effects.EFFECTS of its sites.
        """
        rated = self._rated(tracks) if self._columns else tracks.clear()
        if not rated.is_empty():
            alleles = (
                batch.alleles.with_columns(records)
                .join(rated, on="site", how="inner", maintain_order="left")
                .with_columns(pl.lit(batch.sites["contig"]).gather("site").alias("contig"))
            )
            self._count(alleles)
            self._list(alleles, batch.sites, effects)
        self._records += len(batch.records)

    def _rated(self, tracks: pl.DataFrame) -> pl.DataFrame:
        """Sites that are rated so: `site`, and each column's value where it says so."""
        saying = [
            pl.when(pl.col(tag).is_in(self._values(tracks[tag]))).then(pl.col(tag)).alias(tag)
            for tag in self._columns
        ]
        return tracks.select("site", *saying).filter(
            pl.any_horizontal(pl.col(tag).is_not_null() for tag in self._columns)
        )

    @staticmethod
    def _values(column: pl.Series) -> list[str]:
        return [value for value in column.unique().drop_nulls() if is_pathogenic(value)]

    def _count(self, alleles: pl.DataFrame) -> None:
        found = self._found
        found.alleles += int(alleles["records"].sum())
        for tag, column in self._columns.items():
            values = found.values.setdefault(column, Counter())
            named = alleles.filter(pl.col(tag).is_not_null())
            for value, count in _sums(named, tag):
                values[value] += count
        widths = pl.Series([self._bin_bases[c.name] for c in self._bundle.manifest.contigs])
        bins = (pl.col("position") - 1) // widths.gather(alleles["contig"])
        for place, at, count in _sums(alleles.with_columns(bin=bins), "contig", "bin"):
            contig = self._bundle.manifest.contigs[place].name
            found.positions.setdefault(contig, Counter())[at] += count

    def _list(self, alleles: pl.DataFrame, sites: pl.DataFrame, effects: pl.DataFrame) -> None:
        if len(self._found.variants) >= MOST_LISTED:
            return
        # How often a site comes in a batch depends on the batch: it is listed once a file.
        first = alleles.sort("first", "number").unique("site", keep="first", maintain_order=True)
        found = sites[first["site"]].select("contig", "position", "ref", "alt")
        new = pl.Series([row not in self._listed for row in found.iter_rows()], dtype=pl.Boolean)
        listed = first.filter(new).head(MOST_LISTED - len(self._found.variants))
        if listed.is_empty():
            return
        self._listed.update(found.filter(new).head(len(listed)).iter_rows())
        few = sites[listed["site"].sort()]
        names = dict(zip(few["site"], genomic_names(few, self._bundle), strict=True))
        picked = self._picked(effects.filter(pl.col("site").is_in(few["site"].implode())))
        for row in listed.iter_rows(named=True):
            site = row["site"]
            gene, protein = picked[site]
            self._found.variants.append(
                {
                    "record": self._records + row["first"] + 1,
                    "allele": row["number"],
                    "contig": self._bundle.manifest.contigs[row["contig"]].name,
                    "position": row["position"],
                    "HGVSg": names[site],
                    "gene": gene,
                    "HGVSp": protein,
                    "significance": {
                        column: row[tag] for tag, column in self._columns.items() if row[tag]
                    },
                }
            )

    def _picked(self, effects: pl.DataFrame) -> dict[int, tuple[str | None, str | None]]:
        """Gene and HGVSp of the picked effect of each site."""
        rows = completed(effects, self._bundle.preferences).filter("PICK")
        genes = self._bundle.transcripts["gene_name"].gather(rows["transcript"])
        return {
            site: (gene, protein)
            for site, gene, protein in zip(rows["site"], genes, rows["HGVSp"], strict=True)
        }


def _sums(alleles: pl.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """How many records have alleles with each combination of values, after the values."""
    return alleles.group_by(*columns).agg(pl.col("records").sum()).iter_rows()
