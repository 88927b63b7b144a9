"""What the bundle's tracks say of alleles, by `bcftools annotate`.

An allele is matched without the bases that REF and ALT both end with, for so do dbSNP and ClinVar
write theirs: in `AG GG,A` the pathogenic A>G would be missed otherwise.
"""

from pathlib import Path

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.commands import track_commands
from runtime.annotator.engine import Run, write_sites
from runtime.vcf.padding import unpadded

_KEY = ["contig", "position", "ref", "alt"]


def track_fields(sites: pl.DataFrame, bundle: Bundle, run: Run) -> pl.DataFrame:
    """Return what the tracks say of sites: `site`, and a text column for each field.

    Sites of which they say nothing are left out. Raises EngineFailed, TimeLimitReached.
    """
    columns = {"site": pl.UInt32, **{field.tag: pl.String for field in bundle.fields}}
    if not bundle.manifest.tracks or sites.is_empty():
        return pl.DataFrame(schema=columns)
    alleles = _unpadded(sites)
    distinct = alleles.select(_KEY).unique().sort(_KEY).with_row_index("site").select("site", *_KEY)
    path = run.folder / "tracks.vcf"
    write_sites(path, distinct, bundle)
    for number, command in enumerate(track_commands(bundle.manifest, bundle.folder)):
        last = number == len(bundle.manifest.tracks) - 1
        # `annotate` reads an indexed file where it takes from a VCF.
        form = ["-O", "v"] if last else ["-O", "b1", "--write-index"]
        out = run.folder / f"tracks-{number}.{'vcf' if last else 'bcf'}"
        if number == 0:
            path = _indexed(path, run)
        run.command(*command, "--no-version", *form, "-o", str(out), str(path))
        path = out
    found = pl.DataFrame(
        [_values(number, info, bundle) for number, info in _read(path)],
        schema=columns,
        orient="row",
    )
    keys = alleles.join(distinct, on=_KEY, how="left", maintain_order="left")
    return (
        pl.DataFrame({"_of": sites["site"], "site": keys["site_right"]})
        .join(found, on="site", how="inner", maintain_order="left")
        .drop("site")
        .rename({"_of": "site"})
    )


def _unpadded(sites: pl.DataFrame) -> pl.DataFrame:
    """The sites' alleles without the bases that both end with."""
    padded = (pl.col("ref").str.tail(1) == pl.col("alt").str.tail(1)) & (
        pl.min_horizontal(pl.col("ref").str.len_bytes(), pl.col("alt").str.len_bytes()) > 1
    )
    marked = sites.with_columns(_padded=padded)
    some = marked.filter("_padded")
    pairs = [unpadded(ref, alt) for ref, alt in some.select("ref", "alt").iter_rows()]
    short = pl.DataFrame(
        pairs, schema={"_ref": pl.String, "_alt": pl.String}, orient="row"
    ).with_columns(some["site"])
    return marked.join(short, on="site", how="left", maintain_order="left").select(
        "site",
        "contig",
        "position",
        pl.coalesce("_ref", "ref").alias("ref"),
        pl.coalesce("_alt", "alt").alias("alt"),
    )


def _indexed(path: Path, run: Run) -> Path:
    out = path.with_suffix(".bcf")
    run.command("view", "--no-version", "-O", "b1", "--write-index", "-o", str(out), str(path))
    return out


def _read(path: Path) -> list[tuple[int, str]]:
    found = []
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.startswith("#") and not line.endswith("\t.\n"):
                columns = line.rstrip("\n").split("\t")
                found.append((int(columns[2]), columns[7]))
    return found


def _values(number: int, info: str, bundle: Bundle) -> tuple[int | str | None, ...]:
    values = dict(item.partition("=")[::2] for item in info.split(";"))
    found = (values.get(field.tag) for field in bundle.fields)
    return number, *(None if value == "." else value for value in found)
