"""Makes tracks: read, reduced, in one form, sorted, each allele once, indexed."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from reference.errors import InputError
from reference.options import TrackOption
from reference.progress import Progress
from reference.tabix import index_file
from reference.tracks.bed_regions import read_regions
from reference.tracks.block_writer import BlockWriter
from reference.tracks.header import read_bed_fields, read_header, written_header
from reference.tracks.source import TrackSource
from reference.tracks.spool import Spool
from reference.tracks.vcf_records import AlleleReader
from runtime.common.manifest import Contig, Track, TrackField

_ALLELE = ("contig", "position", "ref", "alt")
_ALL = "all"
"""Beside the fields' sources, which are ID or begin with INFO/."""


@dataclass(frozen=True)
class TrackBuilder:
    """Makes the tracks of a bundle.

    Attributes:
        folder: of the bundle.
        scratch: for what is on the way.
        fasta: the bundle's.
        contigs: the bundle's, in order.
        find: the bundle's name of a contig, or None.
        left_out: counts what can't be used, by reason.
    """

    folder: Path
    scratch: Path
    fasta: Path
    contigs: list[Contig]
    find: Callable[[str], str | None]
    left_out: Counter[str]
    progress: Progress

    def add(self, option: TrackOption) -> Track:
        """Write a track's file and its indexes into the bundle.

        Raises:
            InputError: a field isn't in its header, it has no contig in common with the bundle, or
                it belongs to another assembly.
        """
        _check_fields(option)
        source = TrackSource(
            option=option,
            contigs=self.contigs,
            find=self.find,
            fasta_path=self.fasta,
            left_out=self.left_out,
            progress=self.progress,
        )
        return self._add_bed(source) if option.is_bed else self._add_vcf(source)

    def _add_vcf(self, source: TrackSource) -> Track:
        """Of two records of one allele, the first one stays."""
        header = read_header(source.option)
        target = self.folder / f"{source.option.name}.vcf.gz"
        spool = self._spooled(source, AlleleReader(source, header.fields).alleles())
        counts = Counter[str]()
        with BlockWriter(target, written_header(self.contigs, header.fields)) as out:
            for rows in spool.stretches():
                ordered = rows.sort(_ALLELE, maintain_order=True)
                first = ordered.unique(_ALLELE, keep="first", maintain_order=True)
                _count_repeated(source, ordered, first)
                counts.update(_records(first, header.fields))
                self._write(source, out, first, _vcf_line(), reach=pl.col("position"))
        index_file(target, self.fasta, preset="vcf")
        return Track(
            name=source.option.name,
            version=source.option.version or header.version,
            date=source.option.date or header.date,
            file=target.name,
            format="vcf",
            fields=[
                each.model_copy(update={"records": counts[each.source]}) for each in header.fields
            ],
            records=counts[_ALL],
            **asdict(source.option.notes),
        )

    def _add_bed(self, source: TrackSource) -> Track:
        """Of equal regions with equal values, one stays."""
        option = source.option
        columns = [int(field.source) for field in option.fields]
        target = self.folder / f"{option.name}.bed.gz"
        count = 0
        spool = self._spooled(source, read_regions(source, columns))
        with BlockWriter(target, b"") as out:
            for rows in spool.stretches():
                ordered = rows.sort("contig", "position", "end", maintain_order=True)
                first = ordered.unique(keep="first", maintain_order=True)
                source.count("that come again", len(ordered) - len(first))
                count += len(first)
                self._write(source, out, first, _bed_line(columns), reach=pl.col("end"))
        index_file(target, self.fasta, preset="bed")
        return Track(
            name=option.name,
            version=option.version,
            date=option.date,
            file=target.name,
            format="bed",
            fields=read_bed_fields(option),
            records=count,
            **asdict(option.notes),
        )

    def _spooled(self, source: TrackSource, tables: Iterable[pl.DataFrame]) -> Spool:
        lengths = [contig.length for contig in self.contigs]
        spool = Spool(self.scratch / f"track-{source.option.name}", lengths)
        for table in tables:
            spool.add(table)
        return spool

    def _write(
        self,
        source: TrackSource,
        out: BlockWriter,
        rows: pl.DataFrame,
        line: pl.Expr,
        reach: pl.Expr,
    ) -> None:
        """Write sorted rows of a stretch."""
        for here in rows.partition_by("contig", maintain_order=True):
            name = self.contigs[here["contig"][0]].name
            named = here.with_columns(chrom=pl.lit(name))
            out.add(name, named.select(line=line, first="position", last=reach))
            self.progress(f"Track {source.option.name}: writing contig {name}")


def _check_fields(option: TrackOption) -> None:
    sources = Counter(field.source for field in option.fields)
    if twice := [source for source, count in sources.items() if count > 1]:
        raise InputError(option.files[0], f"{twice[0]} is taken twice: name it once")
    for source in sources:
        if option.is_bed != source.isdecimal():
            wanted = "numbers of columns" if option.is_bed else "ID or INFO/NAME"
            message = f"{source} is no field of it: the fields of this format are {wanted}"
            raise InputError(option.files[0], message)


def _records(rows: pl.DataFrame, fields: list[TrackField]) -> dict[str, int]:
    """How many rows have each field, by its source, and how many there are."""
    counts = {_ALL: len(rows)}
    for field in fields:
        if field.source == "ID":
            has = rows["id"] != "."
        else:
            name = re.escape(field.source.removeprefix("INFO/"))
            has = rows["info"].str.contains(f"(?:^|;){name}(?:[;=]|$)")
        counts[field.source] = int(has.sum())
    return counts


def _vcf_line() -> pl.Expr:
    return pl.format(
        "{}\t{}\t{}\t{}\t{}\t.\t.\t{}", "chrom", "position", "id", "ref", "alt", "info"
    )


def _bed_line(columns: list[int]) -> pl.Expr:
    start = pl.col("position") - 1
    return pl.concat_str("chrom", start, "end", *map(str, columns), separator="\t")


def _count_repeated(source: TrackSource, rows: pl.DataFrame, first: pl.DataFrame) -> None:
    said = ["id", "info"]
    different = len(rows.unique([*_ALLELE, *said])) - len(first)
    source.count("with an equal record before them", len(rows) - len(first) - different)
    source.count("with another record before them", different)
