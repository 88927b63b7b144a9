"""Parts the sites of a batch for runs of vepyr: each loads few transcripts, and takes few seconds.

So its memory follows neither the number of a reference's transcripts nor that of a job's records,
and several runs at once use several cores.
"""

import polars as pl

MOST_TRANSCRIPTS = 5_000
"""That the sites of a run are in or near, as far as it can be told before. vepyr holds some 40 KB
of each."""

MOST_SITES, LEAST_SITES = 15_000, 2_000
"""Of a run. More would save little time: what a run costs at least is that of some 1,000 sites."""

MARGIN = 5_000
"""Bases around a site, as in vep_excerpt."""


def runs_of(sites: pl.DataFrame, transcripts: pl.DataFrame, engines: int) -> list[pl.DataFrame]:
    """Return sites (batches.SITES, in their order) in parts, one for each run.

    Args:
        sites: sorted by contig and position; one at least.
        transcripts: `contig` (its place in the manifest), `start` and `end` of each.
        engines: how many runs there can be at once.
    """
    most_sites = min(MOST_SITES, max(LEAST_SITES, -(-len(sites) // engines)))
    counted = pl.concat(
        _with_new_transcripts(here, transcripts.filter(pl.col("contig") == contig))
        for (contig,), here in sites.group_by("contig", maintain_order=True)
    )
    parts = counted.with_columns(
        _run=pl.col("_new").cum_sum() // MOST_TRANSCRIPTS
        + pl.int_range(pl.len(), dtype=pl.Int64) // most_sites
    )
    return parts.drop("_new").partition_by("_run", maintain_order=True, include_key=False)


def _with_new_transcripts(sites: pl.DataFrame, transcripts: pl.DataFrame) -> pl.DataFrame:
    """Estimate how many transcripts each site of a contig needs that the site before doesn't."""
    starts, ends = transcripts["start"].sort(), transcripts["end"].sort()
    begun = starts.search_sorted(sites["position"] + MARGIN, side="right").cast(pl.Int64)
    ended = ends.search_sorted(sites["position"] - MARGIN, side="left").cast(pl.Int64)
    near, since = begun - ended, begun.diff().fill_null(begun[0])
    return sites.with_columns(_new=pl.select(pl.min_horizontal(near, since)).to_series())
