"""Known variants of a VEP cache as a VCF, so that they become a track like any other.

The cache's form is vepyr 0.10.0's, from its `build-cache` or `download-cache`: `variation/` holds
Parquet with a row a variant. Alleles are Ensembl's: a deletion is `AC/-`, an insertion `-/AC` with
its start behind its end. Frequencies are lists: each allele's over all people, then those of each
population, allele by allele.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from reference.errors import InputError
from reference.options import FieldOption, TrackOption
from reference.progress import Progress
from reference.vep.schemas import VERSION_KEY
from runtime.vcf.bgzf import BgzfWriter
from runtime.vcf.fasta import Fasta

NAME = "vep_cache"
"""Of the track."""
_LIST = "chrom_manifest.json"
_BATCH_ROWS = 200_000

# INFO field: the columns' prefix, how many frequencies an allele has, and what they are.
_FREQUENCIES = {
    "AF": ("af_global", 6, "Frequency in 1000 Genomes, phase 3"),
    "gnomADe_AF": ("af_gnomade", 10, "Frequency in gnomAD exomes"),
    "gnomADg_AF": ("af_gnomadg", 11, "Frequency in gnomAD genomes"),
}
FIELDS = (
    FieldOption("ID", "known_id", "dbSNP id in the VEP cache", kind="identifier"),
    *(
        FieldOption(f"INFO/{name}", f"known_{name.lower()}", kind="frequency")
        for name in _FREQUENCIES
    ),
)
"""Of the track."""
_COLUMNS = (
    *("chrom", "start", "end", "allele_string", "failed", "strand", "dbsnp_ids"),
    *(f"{prefix}_{kind}" for prefix, *_ in _FREQUENCIES.values() for kind in ("alleles", "freqs")),
)
_ALLELE = r"^([ACGTN]+|-)$"


@dataclass(frozen=True)
class KnownVariants:
    """Reads the known variants of a cache.

    Attributes:
        cache: the folder that has `variation/`.
        fasta: the bundle's.
        find: the bundle's name of a contig, or None.
        left_out: counts variants that can't be used, by reason.
    """

    cache: Path
    fasta: Path
    find: Callable[[str], str | None]
    left_out: Counter[str]
    progress: Progress

    def write(self, target: Path) -> TrackOption:
        """Write them as VCF (bgzip) to `target`; return the track that takes them.

        Raises:
            InputError: the folder holds no cache of vepyr's.
        """
        shards = self._shards()
        bases = Fasta(self.fasta)
        with BgzfWriter(target) as out:
            out.write(_header())
            for shard in shards:
                for text in self._shard(shard, bases):
                    out.write(text)
        return TrackOption(NAME, (target,), FIELDS, version=_version(shards[0]))

    def _shards(self) -> list[Path]:
        path = self.cache / "variation" / _LIST
        try:
            listed = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise InputError(
                self.cache,
                "holds no cache of vepyr's with known variants (variation/chrom_manifest.json): "
                "make one by `vepyr build-cache` or `vepyr download-cache`",
            ) from error
        return list(dict.fromkeys(path.with_name(each["dataset"]) for each in listed))

    def _shard(self, shard: Path, bases: Fasta) -> Iterator[bytes]:
        done = 0
        for batch in pq.ParquetFile(shard).iter_batches(_BATCH_ROWS, columns=list(_COLUMNS)):
            frame = pl.DataFrame(batch)
            for (chrom,), rows in frame.group_by("chrom", maintain_order=True):
                contig = self.find(str(chrom))
                if contig is None:
                    self._leave_out("on contigs that the bundle lacks", len(rows))
                else:
                    yield self._text(rows, contig, bases)
            done += len(frame)
            self.progress(f"VEP cache: {done:,} known variants of {shard.stem}")

    def _text(self, rows: pl.DataFrame, contig: str, bases: Fasta) -> bytes:
        alleles = _alleles(rows)
        usable = alleles.filter(
            ~pl.col("failed")
            & (pl.col("strand") == 1)
            & pl.col("ref").str.contains(_ALLELE)
            & pl.col("alt").str.contains(_ALLELE)
        )
        self._leave_out("that VEP doesn't report, or without bases", len(alleles) - len(usable))
        records = _anchored(usable, contig, bases).select(
            pl.lit(contig).alias("contig"),
            "position",
            pl.col("dbsnp_ids").str.replace_all(",", ";").fill_null("."),
            "ref",
            "alt",
            pl.lit(".").alias("quality"),
            pl.lit(".").alias("filter"),
            _info(),
        )
        return records.write_csv(separator="\t", include_header=False, quote_style="never").encode()

    def _leave_out(self, reason: str, count: int) -> None:
        if count:
            self.left_out[f"known variants of the VEP cache {reason}"] += count


def _alleles(rows: pl.DataFrame) -> pl.DataFrame:
    """A row an alternate allele, with its frequencies."""
    numbered = rows.with_row_index("row").with_columns(parts=pl.col("allele_string").str.split("/"))
    alleles = numbered.with_columns(
        ref=pl.col("parts").list.first(), alt=pl.col("parts").list.slice(1)
    ).explode("alt", empty_as_null=True)
    for name, (prefix, populations, _) in _FREQUENCIES.items():
        frequencies = (
            numbered.select(
                "row",
                pl.col(f"{prefix}_alleles").alias("alt"),
                pl.col(f"{prefix}_freqs").list.gather_every(populations).alias(name),
            )
            .drop_nulls("alt")
            .explode("alt", name, empty_as_null=False)
            .unique(["row", "alt"], keep="first", maintain_order=True)
        )
        alleles = alleles.join(frequencies, on=["row", "alt"], how="left", maintain_order="left")
    return alleles


def _anchored(alleles: pl.DataFrame, contig: str, bases: Fasta) -> pl.DataFrame:
    """VCF's form: an insertion or deletion with the base before it, which both alleles share."""
    gap = (pl.col("ref") == "-") | (pl.col("alt") == "-")
    # Without a base before it, VCF would take the base behind it; no such variant is known.
    placed = alleles.with_columns(
        position=pl.when(gap).then(pl.col("start").cast(pl.Int64) - 1).otherwise(pl.col("start"))
    ).filter(pl.col("position") > 0)
    gaps = placed.with_row_index("at").filter(gap)
    found = [bases.bases(contig, position, 1).decode() for position in gaps["position"]]
    anchor = pl.Series([""]).new_from_index(0, len(placed)).scatter(gaps["at"], found)
    return placed.with_columns(
        ref=anchor + placed["ref"].str.replace("-", "", literal=True),
        alt=anchor + placed["alt"].str.replace("-", "", literal=True),
    )


def _info() -> pl.Expr:
    entries = [
        pl.concat_str(pl.lit(f"{name}="), pl.col(name).round_sig_figs(6).cast(pl.String))
        for name in _FREQUENCIES
    ]
    text = pl.concat_str(entries, separator=";", ignore_nulls=True)
    return pl.when(text == "").then(pl.lit(".")).otherwise(text).alias("info")


def _header() -> bytes:
    lines = ["##fileformat=VCFv4.3"]
    lines += [
        f'##INFO=<ID={name},Number=A,Type=Float,Description="{description}">'
        for name, (*_, description) in _FREQUENCIES.items()
    ]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    return "".join(f"{line}\n" for line in lines).encode()


def _version(shard: Path) -> str | None:
    version = (pq.read_schema(shard).metadata or {}).get(VERSION_KEY)
    return version.decode() if version else None
