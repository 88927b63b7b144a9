"""Writes vepyr's cache: a shard of each table for some contigs, and the lists of shards.

What vepyr 0.10.0 needs, found by trying: a contig that the list of `variation` doesn't name is left
out of its answer without a word, an empty shard of `variation` is refused, and one row that matches
nothing serves all contigs. A shard may hold several contigs, as long as no transcript has its id
twice. It reads names with and without a leading chr as one.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reference.errors import InputError
from reference.models.blocks import Block
from reference.vep import schemas, tables

POLICY_FILE = "reference_policy.json"
_LIST_FILE = "chrom_manifest.json"
_SHARDED = ("transcript", "exon", "translation_core")
_OTHERS = ("translation_sift", "regulatory", "motif", "variation")

ROW_GROUP_ROWS = 512
"""Transcripts that the annotator reads together where a file has few variants."""
ROWS_A_TRANSCRIPT = 8
"""Exons, roughly."""

Listing = dict[str, str | int]


class CacheWriter:
    """Writes a cache into a folder, shard by shard.

    Args:
        folder: is made.
        assembly: goes into the tables.
    """

    def __init__(self, folder: Path, assembly: str) -> None:
        self.folder = folder
        self.origin = {
            "species": assembly,
            "assembly": assembly,
            "cache_version": str(schemas.RELEASE),
            "serializer_type": "storable",
            "source_cache_path": "genes.gff3.gz",
            "source_file": "genes.gff3.gz",
        }
        self._lists: dict[str, list[Listing]] = {name: [] for name in (*_SHARDED, *_OTHERS)}
        self._shards = 0
        self.transcripts = 0
        for name in self._lists:
            (folder / name).mkdir(parents=True)

    @contextmanager
    def shard(self, contigs: list[str]) -> Iterator["Shard"]:
        """Write the shard of some contigs of genetic code 1."""
        shard = Shard(self, f"{self._shards:04d}.parquet", contigs)
        self._shards += 1
        with closing(shard):
            yield shard
        shard.finish()

    def write(self, folder: str, name: str, table: pa.Table, contigs: Iterable[str]) -> None:
        """Write a table as a shard."""
        described = table.cast(_described(table.schema, contigs))
        path = self.folder / folder / name
        size = ROW_GROUP_ROWS * ROWS_A_TRANSCRIPT
        pq.write_table(
            described, path, compression="zstd", write_page_index=True, row_group_size=size
        )

    def list_shard(self, folder: str, name: str, contigs: Iterable[str]) -> None:
        """Tell vepyr which contigs a shard holds."""
        rows = pq.read_metadata(self.folder / folder / name).num_rows
        self._lists[folder] += [{"chrom": each, "dataset": name, "rows": rows} for each in contigs]

    def finish(self, contigs: list[str]) -> None:
        """Write what tells vepyr of the shards.

        Args:
            contigs: all of genetic code 1, those without genes too.

        Raises:
            InputError: two contigs are one to vepyr.
        """
        _check_names(contigs)
        name = "none.parquet"
        self.write("variation", name, _no_variation(contigs), contigs)
        self.list_shard("variation", name, contigs)
        for folder, listings in self._lists.items():
            _write_json(self.folder / folder / _LIST_FILE, listings)
        policy = {
            "schema_version": 1,
            "cache_source_type": "ensembl",
            "cache_version": str(schemas.RELEASE),
            "bam_edited": False,
        }
        _write_json(self.folder / POLICY_FILE, policy)


class Shard:
    """The transcripts of some contigs."""

    def __init__(self, cache: CacheWriter, name: str, contigs: list[str]) -> None:
        self._cache, self._name, self._contigs = cache, name, contigs
        self._schema = _described(schemas.TRANSCRIPT, contigs)
        self._writer = pq.ParquetWriter(
            cache.folder / "transcript" / name,
            self._schema,
            compression="zstd",
            write_page_index=True,
        )
        self._exons: list[pl.DataFrame] = []
        self._translations: list[pa.Table] = []

    def add(self, block: Block) -> None:
        """Write the next transcripts."""
        exons = tables.exon_phases(block)
        table = tables.transcript_table(
            block, exons, first_uid=self._cache.transcripts, origin=self._cache.origin
        )
        self._writer.write_table(table.cast(self._schema), row_group_size=ROW_GROUP_ROWS)
        self._cache.transcripts += len(table)
        self._exons.append(exons)
        self._translations.append(tables.translation_table(block))

    def close(self) -> None:
        """End the file of transcripts."""
        self._writer.close()

    def finish(self) -> None:
        """Write the other tables, and list the shard, once all transcripts are there."""
        exons = tables.exon_table(pl.concat(self._exons), self._cache.origin)
        translations = pa.concat_tables(self._translations).sort_by("transcript_id")
        self._cache.write("exon", self._name, exons, self._contigs)
        self._cache.write("translation_core", self._name, translations, self._contigs)
        for folder in _SHARDED:
            self._cache.list_shard(folder, self._name, self._contigs)


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
