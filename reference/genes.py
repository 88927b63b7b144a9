"""The genes of a bundle: the GFF3 as it was given, and what each engine needs of it."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field

import polars as pl

from reference.contigs import Contigs
from reference.csq_genes import CsqGenes
from reference.errors import InputError
from reference.files import Workplace
from reference.gff.features import read_features
from reference.gff.names import name_transcripts
from reference.gff.regions import read_regions
from reference.gff.spool import COLUMNS, Spool, group_contigs
from reference.models.blocks import read_blocks
from reference.models.models import Models, build_models
from reference.models.stops import StopCodons
from reference.models.translation import STANDARD
from reference.options import BuildOptions
from reference.progress import Progress
from reference.tabix import index_file
from reference.transcript_table import TranscriptTable
from reference.vep.cache import CacheWriter
from runtime.vcf.bgzf import BgzfWriter
from runtime.vcf.fasta import Fasta

FASTA, GENES, TRANSCRIPTS = "genome.fa", "genes.gff3.gz", "transcripts.parquet"
CSQ_GENES, VEP_CACHE = "csq.gff3.gz", "vep"

_ROWS = 20_000
"""Rows of GFF3 that are text at a time."""


@dataclass
class GeneWriter:
    """Writes the files of a bundle that come from the GFF3, a group of contigs at a time.

    Attributes:
        transcripts: how many models there are.
        notes: what the bundle's maker should check.
    """

    options: BuildOptions
    place: Workplace
    contigs: Contigs
    left_out: Counter[str]
    progress: Progress
    transcripts: int = field(default=0, init=False)
    notes: list[str] = field(default_factory=list, init=False)

    def write(self) -> None:
        """Write the files.

        Raises:
            InputError: the GFF3 can't be read, or has nothing in common with the FASTA.
        """
        folder = self.place.bundle
        groups = group_contigs(self.contigs.lengths)
        spool = self._spool(groups)
        fasta = Fasta(folder / FASTA)
        stops = StopCodons()
        cache = CacheWriter(folder / VEP_CACHE, self.options.assembly)
        with (
            BgzfWriter(folder / GENES) as genes,
            CsqGenes(folder / CSQ_GENES) as csq,
            closing(TranscriptTable(folder / TRANSCRIPTS)) as table,
        ):
            genes.write(_header(spool.header))
            for number in range(len(groups)):
                rows = spool.read(number)
                if rows.is_empty():
                    continue
                for text in _sorted_rows(rows, self.contigs):
                    genes.write(text)
                    self.progress(f"Genes: {len(rows):,} rows of {', '.join(groups[number][:3])}")
                for standard, names, models in self._models(rows).parts():
                    with cache.shard(names) if standard else nullcontext(csq) as engine:
                        for block in read_blocks(models, fasta):
                            table.add(block)
                            stops.see(block)
                            engine.add(block)
                            self.progress(f"Transcripts: {table.rows:,}, on {names[-1]}")
        self.transcripts = table.rows
        if not self.transcripts:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in self.left_out.items())
            raise InputError(self.options.genes, f"no transcript can be used: {reasons or 'none'}")
        if not csq.transcripts:
            (folder / CSQ_GENES).unlink()
        self.notes = stops.notes(self.contigs.genetic_code)
        self._finish(cache)

    def _spool(self, groups: list[list[str]]) -> Spool:
        folder = self.place.scratch / "rows"
        folder.mkdir()
        spool = Spool(folder, groups)
        spool.fill(self.options.genes, self.contigs.find, self.progress)
        if unknown := spool.unknown_contigs.total():
            self.left_out["rows of the GFF3 on contigs that the FASTA lacks"] += unknown
        return spool

    def _models(self, rows: pl.DataFrame) -> Models:
        for contig, facts in read_regions(rows, self.contigs.lengths).items():
            self.contigs.learn(contig, facts)
        features = read_features(rows, self.left_out)
        self.progress(f"Transcripts: {len(features.transcripts):,} to be modelled")
        lengths = self.contigs.lengths
        return build_models(
            name_transcripts(features),
            features,
            lengths=lengths,
            genetic_codes={name: self.contigs.genetic_code(name) for name in lengths},
            left_out=self.left_out,
        )

    def _finish(self, cache: CacheWriter) -> None:
        folder = self.place.bundle
        names = self.contigs.lengths
        if standard := [name for name in names if self.contigs.genetic_code(name) == STANDARD]:
            cache.finish(standard)
        else:
            shutil.rmtree(folder / VEP_CACHE)
        self.progress("Genes: indexing")
        index_file(folder / GENES, folder / FASTA, preset="gff")


def _header(given: list[str]) -> bytes:
    """The version, and Ensembl's and RefSeq's lines about the annotation (#!genome-build ...)."""
    kept = [line for line in given if line.startswith("#!")]
    return "\n".join(["##gff-version 3", *kept, ""]).encode()


def _sorted_rows(rows: pl.DataFrame, contigs: Contigs) -> Iterator[bytes]:
    """The rows by contig and start, some at a time; a feature before what lies within it."""
    order = {name: number for number, name in enumerate(contigs.lengths)}
    rank = pl.col("contig").replace_strict(order, return_dtype=pl.Int64)
    ordered = rows.sort(rank, "start", -pl.col("end"), maintain_order=True).select(*COLUMNS)
    for some in ordered.iter_slices(_ROWS):
        yield some.write_csv(
            separator="\t", include_header=False, quote_style="never", null_value="."
        ).encode()
