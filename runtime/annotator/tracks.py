"""What the bundle's tracks say of alleles.

An allele is looked up in its one form (`normalization.py`), in which the bundle's tracks have
theirs: it finds its record however the upload writes it.
"""

from collections.abc import Callable

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.track_lookup import Lookup
from runtime.vcf.normalization import normalized_rows


def track_fields(sites: pl.DataFrame, bundle: Bundle, check: Callable[[], None]) -> pl.DataFrame:
    """Return what the tracks say of sites: `site`, and a text column for each field.

    Sites of which they say nothing are left out.

    Args:
        sites: batches.SITES.
        bundle: the reference.
        check: called now and then; may raise to end the job.
    """
    if not bundle.manifest.tracks or sites.is_empty():
        tags = {field.tag: pl.String for field in bundle.fields}
        return pl.DataFrame(schema={"site": pl.UInt32, **tags})
    contigs = bundle.manifest.contigs
    circles = [(each.name, each.length if each.circular else None) for each in contigs]
    alleles = _with_reach(normalized_rows(sites, bundle.fasta, circles))
    names = [contig.name for contig in contigs]
    found = sites.select("site")
    for track in bundle.manifest.tracks:
        added = [field for field in bundle.fields if field.track == track.name]
        fields = list(zip(track.fields, added, strict=True))
        lookup = Lookup(bundle.track_blocks[track.name], fields, names, check)
        said = lookup.records(alleles) if track.format == "vcf" else lookup.regions(alleles)
        found = found.join(said, on="site", how="left", maintain_order="left")
    return found.filter(pl.any_horizontal(pl.exclude("site").is_not_null()))


def _with_reach(alleles: pl.DataFrame) -> pl.DataFrame:
    """Add `first` and `last`: the bases that an allele changes, or the two around an insertion."""
    ref_length = pl.col("ref").str.len_bytes().cast(pl.Int64)
    alt_length = pl.col("alt").str.len_bytes().cast(pl.Int64)
    before = pl.col("ref").str.head(1) == pl.col("alt").str.head(1)
    behind = pl.col("ref").str.tail(1) == pl.col("alt").str.tail(1)
    inserted = (ref_length == 1) & (alt_length > 1) & before
    deleted = (alt_length == 1) & (ref_length > 1)
    end = pl.col("position") + ref_length - 1
    return alleles.with_columns(
        first=pl.col("position") + (deleted & before).cast(pl.Int64),
        last=pl.when(inserted)
        .then(pl.col("position") + 1)
        .otherwise(end - (deleted & behind & ~before).cast(pl.Int64)),
    )
