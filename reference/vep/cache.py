"""Writes vepyr's cache: a shard of each table for a group of contigs, and the lists of shards.

What vepyr 0.10.0 needs, found by trying: a contig that no list of `variation` names is left out of
its answer without a word, an empty shard of `variation` is refused, and one row that matches
nothing serves all contigs. A shard may hold several contigs, as long as no transcript has its id
twice. It reads names with and without a leading chr as one.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reference.errors import InputError
from reference.models.models import Models
from reference.models.sequences import TranscriptBases, read_bases
from reference.models.stops import StopCodons
from reference.progress import Progress
from reference.vep import schemas, tables
from runtime.vcf.fasta import Fasta

POLICY_FILE = "reference_policy.json"
_LIST_FILE = "chrom_manifest.json"
_FOLDERS = (
    "transcript",
    "exon",
    "translation_core",
    "translation_sift",
    "regulatory",
    "motif",
    "variation",
)
_BLOCK = 1_000
"""Transcripts in a row group: a reader that wants a stretch of a contig skips the others."""

Listing = dict[str, str | int]


class CacheWriter:
    """Writes a cache into a folder, group by group.

    Args:
        folder: is made.
        assembly: goes into the tables.
        fasta: the bases of the models.
        stops: is shown the proteins.
        progress: is told of the contigs.
    """

    def __init__(
        self,
        folder: Path,
        assembly: str,
        fasta: Fasta,
        stops: StopCodons,
        progress: Progress,
    ) -> None:
        self._folder = folder
        self._fasta = fasta
        self._stops = stops
        self._progress = progress
        self._origin = {
            "species": assembly,
            "assembly": assembly,
            "cache_version": str(schemas.RELEASE),
            "serializer_type": "storable",
            "source_cache_path": "genes.gff3.gz",
            "source_file": "genes.gff3.gz",
        }
        self._lists: dict[str, list[Listing]] = {name: [] for name in _FOLDERS}
        self._shards = 0
        self._transcripts = 0
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True)

    def add(self, models: Models) -> None:
        """Write the models of a group of contigs, all of genetic code 1."""
        for contigs in _without_repeats(models.transcripts):
            kept = models.transcripts["contig"].is_in(contigs)
            self._write_shard(contigs, _subset(models, kept))

    def _write_shard(self, contigs: list[str], models: Models) -> None:
        name = f"{self._shards:04d}.parquet"
        self._shards += 1
        exons = tables.exon_phases(models)
        translations = []
        path = self._folder / "transcript" / name
        schema = _described(schemas.TRANSCRIPT, contigs)
        with pq.ParquetWriter(path, schema, compression="zstd", write_page_index=True) as writer:
            for transcripts, block, bases in _blocks(models, exons, self._fasta):
                table = tables.transcript_table(
                    transcripts,
                    block,
                    bases,
                    first_uid=self._transcripts,
                    origin=self._origin,
                )
                writer.write_table(table.cast(schema))
                self._stops.see(transcripts, bases)
                translations.append(tables.translation_table(transcripts, bases))
                self._transcripts += len(transcripts)
                self._progress(
                    f"Transcripts: {self._transcripts:,}, at {transcripts['contig'][-1]}"
                )
        translation = pa.concat_tables(translations).sort_by("transcript_id")
        self._write("translation_core", name, translation, contigs)
        self._write("exon", name, tables.exon_table(exons, self._origin), contigs)
        for folder in ("transcript", "exon", "translation_core"):
            self._list(folder, name, contigs)

    def _write(self, folder: str, name: str, table: pa.Table, contigs: Iterable[str]) -> None:
        pq.write_table(
            table.cast(_described(table.schema, contigs)),
            self._folder / folder / name,
            compression="zstd",
            write_page_index=True,
            row_group_size=100_000,
        )

    def _list(self, folder: str, name: str, contigs: Iterable[str]) -> None:
        rows = pq.read_metadata(self._folder / folder / name).num_rows
        self._lists[folder] += [
            {"chrom": contig, "dataset": name, "rows": rows} for contig in contigs
        ]

    def finish(self, contigs: list[str]) -> None:
        """Write what tells vepyr of the shards.

        Args:
            contigs: all of genetic code 1, those without genes too.

        Raises:
            InputError: two contigs are one to vepyr.
        """
        _check_names(contigs)
        name = "none.parquet"
        self._write("variation", name, _no_variation(contigs), contigs)
        self._list("variation", name, contigs)
        for folder, listings in self._lists.items():
            _write_json(self._folder / folder / _LIST_FILE, listings)
        _write_json(
            self._folder / POLICY_FILE,
            {
                "schema_version": 1,
                "cache_source_type": "ensembl",
                "cache_version": str(schemas.RELEASE),
                "bam_edited": False,
            },
        )


def _without_repeats(transcripts: pl.DataFrame) -> Iterable[list[str]]:
    """The contigs that have transcripts, in groups in which no id repeats.

    RefSeq has a model of the main assembly again on its alternate contigs.
    """
    contigs: list[str] = []
    seen: set[str] = set()
    for (contig,), rows in transcripts.group_by("contig", maintain_order=True):
        ids = set(rows["stable_id"])
        if ids & seen:
            yield contigs
            contigs, seen = [], set()
        contigs.append(str(contig))
        seen |= ids
    if contigs:
        yield contigs


def _subset(models: Models, kept: pl.Series) -> Models:
    return models if kept.all() else models.where(kept)


def _blocks(
    models: Models, exons: pl.DataFrame, fasta: Fasta
) -> Iterable[tuple[pl.DataFrame, pl.DataFrame, list[TranscriptBases]]]:
    bases = read_bases(models, fasta)
    at = 0
    for transcripts in models.transcripts.iter_slices(_BLOCK):
        count = int(transcripts["exon_count"].sum())
        yield transcripts, exons.slice(at, count), [next(bases) for _ in range(len(transcripts))]
        at += count


def _described(schema: pa.Schema, contigs: Iterable[str]) -> pa.Schema:
    return schema.with_metadata(schemas.metadata(contigs))


def _no_variation(contigs: list[str]) -> pa.Table:
    """A row that no variant matches: vepyr has no list of known variants to read here."""
    row = {
        "chrom": contigs[0],
        "start": 1,
        "end": 1,
        "allele_string": "N/N",
        "failed": True,
        "phenotype_or_disease": False,
        "somatic": False,
        "tier": 0,
    }
    return pa.Table.from_pylist([row], schema=schemas.VARIATION)


def _check_names(contigs: list[str]) -> None:
    seen: dict[str, str] = {}
    for contig in contigs:
        bare = contig.removeprefix("chr")
        if bare in seen:
            raise InputError(
                f"{seen[bare]} and {contig}",
                "are one to vepyr, which leaves out a leading chr: give one of them another name",
            )
        seen[bare] = contig


def _write_json(path: Path, content: Mapping[str, object] | list[Listing]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
