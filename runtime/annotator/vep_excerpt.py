"""The part of vepyr's cache that few sites need: it loads the transcripts of whole contigs.

A job of a hundred variants all over a genome would wait seconds for transcripts that none of them
is in, and the memory that vepyr takes would grow with the reference. The excerpt is a cache of one
shard: the transcripts near the sites, of all their contigs.

The engines' process imports this by itself: it imports nothing of `runtime`.
"""

import importlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

_MARGIN = 5000
"""Bases around a site. VEP asks for transcripts that hold it; a name may be shifted along."""

importlib.import_module("pyarrow.compute")
# pyarrow imports it at its first use, which takes as long as an excerpt: before the forks then.

_LIST = "chrom_manifest.json"
_SHARD = "excerpt.parquet"
_CONTIGS = b"bio.vep.chromosomes"
_CUT = ("transcript", "exon", "translation_core")
_AS_IT_IS = ("variation", "translation_sift", "regulatory", "motif", "reference_policy.json")


def excerpt(cache: Path, sites: Path, folder: Path) -> Path | None:
    """Write the transcripts near sites as a cache into a folder, which is made.

    Args:
        cache: of the bundle.
        sites: a VCF.
        folder: for the excerpt.

    Returns:
        The folder, or None where the whole cache must serve: it has no transcript on any contig of
        the sites, or two that are near have the same id.
    """
    spans = _spans(sites)
    shards = _shards(cache / "transcript", spans["chrom"].unique().to_list())
    found = [
        (shard, _near(cache / "transcript" / shard, spans.filter(pl.col("chrom").is_in(here))))
        for shard, here in shards.items()
    ]
    if not found:
        return None
    if not any(table.num_rows for _, table in found):
        # vepyr needs one, be it far from the sites.
        shard = found[0][0]
        found = [(shard, _first(cache / "transcript" / shard))]
    transcripts = pa.concat_tables(table for _, table in found)
    ids = [str(each) for each in transcripts["stable_id"].to_pylist()]
    if len(set(ids)) != len(ids):
        return None
    named = sorted({str(each) for each in transcripts["chrom"].to_pylist()})
    folder.mkdir()
    for name in _AS_IT_IS:
        (folder / name).symlink_to((cache / name).resolve())
    _write(folder / "transcript", transcripts, named)
    for name in _CUT[1:]:
        of_shards = [
            _of_transcripts(cache / name / shard, table["stable_id"])
            for shard, table in found
            if table.num_rows
        ]
        _write(folder / name, pa.concat_tables(of_shards).sort_by("transcript_id"), named)
    # vepyr runs in the same process, and its memory counts together with what is kept for reuse.
    del found, transcripts
    pa.default_memory_pool().release_unused()
    return folder


def _spans(sites: Path) -> pl.DataFrame:
    """Where transcripts are near the sites of a VCF: `chrom`, `first`, `last`."""
    position, ref = pl.col("position").cast(pl.Int64), pl.col("ref")
    return pl.read_csv(
        sites,
        separator="\t",
        has_header=False,
        comment_prefix="#",
        quote_char=None,
        infer_schema=False,
        columns=[0, 1, 3],
        new_columns=["chrom", "position", "ref"],
    ).select(
        "chrom",
        first=position - _MARGIN,
        last=position + ref.str.len_bytes() + _MARGIN,
    )


def _of_transcripts(shard: Path, ids: "pa.ChunkedArray[Any]") -> "pa.Table":
    """The rows of a shard of exons or translations that are of some transcripts."""
    schema = pq.read_schema(shard)
    wanted = pl.Series(pl.from_arrow(ids.combine_chunks()))
    rows = pl.scan_parquet(shard).filter(pl.col("transcript_id").is_in(wanted.implode()))
    return (
        rows.collect(engine="streaming").to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
    )


def _shards(folder: Path, contigs: list[str]) -> dict[str, list[str]]:
    """The shards that hold contigs, and which of them. A contig without genes is in none."""
    wanted = {_plain(name): name for name in contigs}
    found: dict[str, list[str]] = {}
    for each in json.loads((folder / _LIST).read_bytes()):
        name = wanted.get(_plain(each["chrom"]))
        if name is not None:
            found.setdefault(each["dataset"], []).append(name)
    return found


def _plain(contig: str) -> str:
    """A contig's name as vepyr compares it."""
    return contig.removeprefix("chr")


def _near(shard: Path, spans: pl.DataFrame) -> "pa.Table":
    """The transcripts of a shard that are near sites."""
    with pq.ParquetFile(shard) as file:
        places = pl.DataFrame(pl.from_arrow(file.read(columns=["chrom", "start", "end"])))
        places = places.with_row_index("row")
        rows = pl.concat(
            places.filter(pl.col("chrom").str.strip_prefix("chr") == _plain(str(contig)))
            .join_where(
                here.drop("chrom"),
                pl.col("start") <= pl.col("last"),
                pl.col("end") >= pl.col("first"),
            )
            .select("row")
            for (contig,), here in spans.group_by("chrom")
        )["row"]
        sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
        ends = pl.Series(sizes, dtype=pl.UInt32).cum_sum()
        wanted = rows.unique().sort().to_frame("row")
        wanted = wanted.with_columns(group=ends.search_sorted(wanted["row"], side="right"))
        # One group after the other: of most, few rows are wanted.
        found = [
            file.read_row_group(group).take((here["row"] - (ends[group] - sizes[group])).to_arrow())
            for (group,), here in wanted.group_by("group", maintain_order=True)
        ]
        return pa.concat_tables([file.schema_arrow.empty_table(), *found])


def _first(shard: Path) -> "pa.Table":
    """The first transcript of a shard."""
    with pq.ParquetFile(shard) as file:
        return file.read_row_group(0).slice(0, 1)


def _write(folder: Path, table: "pa.Table", contigs: list[str]) -> None:
    folder.mkdir()
    metadata: dict[Any, Any] = {
        **(table.schema.metadata or {}),
        _CONTIGS: json.dumps(contigs).encode(),
    }
    described = table.replace_schema_metadata(metadata)
    # vepyr needs the page index.
    pq.write_table(described, folder / _SHARD, compression="none", write_page_index=True)
    listing = [{"chrom": name, "dataset": _SHARD, "rows": table.num_rows} for name in contigs]
    (folder / _LIST).write_text(json.dumps(listing))
