"""SIFT and PolyPhen: the predictions of a VEP cache -> the table of a bundle's cache.

Ensembl keeps a prediction by the MD5 of the protein that it was made for. So a transcript of the
bundle gets those of a transcript with the same protein, to the residue, on the same contig. A
prediction whose protein the bundle doesn't have is left out.

The form is vepyr 0.10.0's: `translation_sift` has a row a residue. Its key is the transcript's
number in the cache, `transcript_uid`, times 2**32, plus the residue's place, from 1. A value
(`sift`, `poly`) begins with the amino acids that the residue may change to, a byte each, 0 for A.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reference.errors import InputError
from reference.progress import Progress
from reference.vep import schemas
from reference.vep.info import INFO, read_info

FOLDER = "translation_sift"
_TRANSCRIPTS = "transcript"
_LIST = "chrom_manifest.json"
_FORM_KEY, _FORM = b"bio.vep.sift_blob_version", b"2"
_BYTES = {"sift": 3, "poly": 4}
"""Of an amino acid in a value of the form 2."""
_AT_ONCE = 1_000
"""Transcripts: some 100 MB of rows."""
_ROW_GROUP_ROWS = 100_000
_PAGE_BYTES = 32 * 1024
"""Few, because the annotator reads single rows."""
_RESIDUES = {letter: bytes([place]) for place, letter in enumerate(ascii_uppercase)}


@dataclass(frozen=True)
class Predictions:
    """Takes the predictions of a cache into a bundle's own.

    Attributes:
        cache: vepyr's folder.
        own: the bundle's, complete but for this table.
        find: the bundle's name of a contig, or None.
        left_out: counts predictions that can't be used, by reason.
    """

    cache: Path
    own: Path
    find: Callable[[str], str | None]
    left_out: Counter[str]
    progress: Progress

    def write(self) -> str | None:
        """Write them; return what they are, as `SIFT 6.2.1, PolyPhen 2.2.3 of VEP cache 116`.

        Returns None where the cache has none for the bundle's proteins.

        Raises:
            InputError: the cache's table has another form.
        """
        if not (self.cache / FOLDER / _LIST).exists():
            return None
        listed = list[dict[str, str | int]]()
        transcripts = _shards(self.cache / _TRANSCRIPTS)
        for name, shard in _shards(self.cache / FOLDER).items():
            contig = self.find(name)
            if contig is None or name not in transcripts:
                continue
            self.progress(f"VEP cache: SIFT and PolyPhen of {contig}")
            file = f"{len(listed):04d}.parquet"
            if rows := self._contig(shard, transcripts[name], contig, self.own / FOLDER / file):
                listed.append({"chrom": contig, "dataset": file, "rows": rows})
        (self.own / FOLDER / _LIST).write_text(json.dumps(listed, indent=2) + "\n")
        return self._origin(shard) if listed else None

    def _contig(self, shard: Path, transcripts: Path, contig: str, target: Path) -> int:
        """Write the table of a contig; return its rows."""
        _check_form(shard)
        keys = pl.scan_parquet(shard).select(theirs=pl.col("key") // 2**32).unique()
        proteins = (
            pl.scan_parquet(transcripts)
            .select("peptide_seq", theirs=pl.col("transcript_uid").cast(pl.UInt64))
            .join(keys, on="theirs", how="semi")
            .collect()
        )
        pairs = self._pairs(proteins.sort("theirs"), contig)
        if pairs.is_empty():
            return 0
        described = {**schemas.metadata([contig]), _FORM_KEY: _FORM}
        schema = schemas.PREDICTION.with_metadata(described)
        rows = 0
        with pq.ParquetWriter(
            target,
            schema,
            compression="zstd",
            use_dictionary=False,
            write_page_index=True,
            data_page_size=_PAGE_BYTES,
            sorting_columns=[pq.SortingColumn(0)],
        ) as writer:
            for table in self._tables(shard, pairs, schema):
                writer.write_table(table, row_group_size=_ROW_GROUP_ROWS)
                rows += len(table)
        if not rows:
            target.unlink()
        return rows

    def _pairs(self, proteins: pl.DataFrame, contig: str) -> pl.DataFrame:
        """`ours` and `theirs`: transcripts with the same protein, by their numbers; and it."""
        ours = self._own_proteins(contig)
        unknown = proteins.join(ours, on="peptide_seq", how="anti")
        self._leave_out("proteins that the genes don't have", len(unknown))
        one_each = proteins.unique("peptide_seq", keep="first")
        return ours.join(one_each, on="peptide_seq").sort("ours")

    def _own_proteins(self, contig: str) -> pl.DataFrame:
        shard = _shards(self.own / _TRANSCRIPTS).get(contig)
        if shard is None:
            return pl.DataFrame(schema={"peptide_seq": pl.String, "ours": pl.UInt64})
        return (
            pl.scan_parquet(shard)
            .filter(pl.col("chrom") == contig)
            .select("peptide_seq", ours=pl.col("transcript_uid").cast(pl.UInt64))
            .drop_nulls()
            .collect()
        )

    def _tables(self, shard: Path, pairs: pl.DataFrame, schema: pa.Schema) -> Iterator[pa.Table]:
        for some in pairs.iter_slices(_AT_ONCE):
            found = pl.scan_parquet(shard).with_columns(theirs=pl.col("key") // 2**32)
            rows = found.filter(pl.col("theirs").is_in(some["theirs"].implode())).collect()
            placed = rows.with_columns(place=pl.col("key") % 2**32).join(some, on="theirs")
            wrong = placed.filter(_contradicts())["ours"].unique()
            self._leave_out("proteins other than their own", len(wrong))
            kept = placed.filter(~pl.col("ours").is_in(wrong.implode())).sort("ours", "place")
            columns = kept.select((pl.col("ours") * 2**32 + pl.col("place")).alias("key"), *_BYTES)
            yield columns.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)

    def _origin(self, shard: Path) -> str:
        facts = read_info(self.cache / INFO) if (self.cache / INFO).exists() else {}
        named = (("SIFT", "source_sift"), ("PolyPhen", "source_polyphen"))
        tools = [f"{tool} {facts[key]}" if key in facts else tool for tool, key in named]
        version = (pq.read_schema(shard).metadata or {}).get(schemas.VERSION_KEY, b"unknown")
        return f"{' and '.join(tools)} of VEP cache {version.decode()}"

    def _leave_out(self, reason: str, count: int) -> None:
        if count:
            self.left_out[f"transcripts' SIFT and PolyPhen in the VEP cache for {reason}"] += count


def _contradicts() -> pl.Expr:
    """Whether a row can't be of its protein: past its end, or of a change to what is there."""
    residue = pl.col("peptide_seq").str.slice(pl.col("place").cast(pl.Int64) - 1, 1)
    letter = residue.replace_strict(_RESIDUES, default=None, return_dtype=pl.Binary)
    same = [
        pl.col(name).bin.head(pl.col(name).bin.size() // size).bin.contains(letter)
        for name, size in _BYTES.items()
    ]
    return (pl.col("place") == 0) | pl.any_horizontal(*same).fill_null(value=True)


def _shards(folder: Path) -> dict[str, Path]:
    """The file of each contig, by the cache's names."""
    listed = json.loads((folder / _LIST).read_text())
    return {each["chrom"]: folder / each["dataset"] for each in listed}


def _check_form(shard: Path) -> None:
    found = (pq.read_schema(shard).metadata or {}).get(_FORM_KEY)
    if found != _FORM:
        raise InputError(
            shard,
            "holds SIFT and PolyPhen in another form than vepyr 0.10.0 writes: make the cache anew "
            "with that version",
        )
