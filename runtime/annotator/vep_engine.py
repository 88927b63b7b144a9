"""vepyr: Ensembl VEP for contigs of the standard genetic code, from a cache of transcripts."""

from functools import partial
from pathlib import Path

import polars as pl

from runtime.annotator.bundle import VEPYR_VERSION, Bundle
from runtime.annotator.effects import EFFECTS, PREDICTIONS, check_complete
from runtime.annotator.engine import Run, write_sites
from runtime.annotator.errors import EngineFailed
from runtime.annotator.vep_runs import MARGIN, runs_of
from runtime.vcf.genetic_codes import STANDARD

NAME = f"vepyr {VEPYR_VERSION}"


class VepEngine:
    """See engine.Engine.

    vepyr annotates sites that passed the gate (`alleles.Judge`): it would call symbolic alleles
    frameshifts, and takes a wrong REF as it is. Sites on contigs that its cache lacks vanish, which
    `check_complete` finds.
    """

    def handles(self, bundle: Bundle) -> list[int]:
        """See Engine."""
        contigs = bundle.manifest.contigs
        return [at for at, contig in enumerate(contigs) if contig.genetic_code == STANDARD]

    def effects(self, sites: pl.DataFrame, bundle: Bundle, run: Run) -> pl.DataFrame:
        """See Engine."""
        cache = bundle.vep_cache_path
        if cache is None:
            raise EngineFailed("The reference has no transcripts for its contigs.")
        transcripts = bundle.transcripts.select(
            "transcript", "stable_id", "start", "end", contig="contig_place"
        )
        parts = runs_of(sites, transcripts, run.process.size)
        effects = pl.concat(
            run.at_once(
                partial(_annotated, part, transcripts, cache, bundle, run) for part in parts
            )
        )
        check_complete(effects, sites, NAME)
        return effects

    def facts(self, bundle: Bundle) -> dict[str, object] | None:
        """See Engine."""
        cache = bundle.manifest.vep_cache
        if cache is None:
            return None
        predictions = {"predictions": cache.predictions} if cache.predictions else {}
        return {
            "name": "vepyr",
            "version": VEPYR_VERSION,
            "rules": f"Ensembl VEP {cache.release}",
            "genetic_codes": [STANDARD],
            **predictions,
        }


def _annotated(
    sites: pl.DataFrame,
    transcripts: pl.DataFrame,
    cache: Path,
    bundle: Bundle,
    run: Run,
) -> pl.DataFrame:
    """Run vepyr on sites; return effects.EFFECTS."""
    fasta = run.once("vep-fasta", bundle.link_vep_fasta)
    with run.new_folder("vep") as folder:
        vcf, out = folder / "sites.vcf", folder / "effects.arrow"
        write_sites(vcf, sites, bundle)
        wanted = PREDICTIONS if bundle.predictions else ()
        run.command("vepyr", *map(str, (vcf, cache, fasta, out, folder / "cache")), *wanted)
        effects = pl.read_ipc(out, memory_map=False)
    return _with_transcripts(effects, sites, _around(sites, transcripts))


def _around(sites: pl.DataFrame, transcripts: pl.DataFrame) -> pl.DataFrame:
    """The transcripts between the first and the last site of each contig, and some more."""
    last = pl.col("position") + pl.col("ref").str.len_bytes()
    spans = sites.group_by("contig").agg(
        _first=pl.col("position").min() - MARGIN, _last=last.max() + MARGIN
    )
    here = transcripts.filter(pl.col("contig").is_in(spans["contig"].implode()))
    return (
        here.join(spans, on="contig", how="inner")
        .filter((pl.col("start") <= pl.col("_last")) & (pl.col("end") >= pl.col("_first")))
        .select("contig", "transcript", "start", "end", Feature=pl.col("stable_id"))
    )


def _with_transcripts(
    effects: pl.DataFrame, sites: pl.DataFrame, transcripts: pl.DataFrame
) -> pl.DataFrame:
    """Say which row of the bundle's transcripts each effect is of."""
    keys = transcripts.with_columns(pl.col("Feature").cast(pl.Categorical))
    found = effects.join(sites, on="site", how="left", maintain_order="left").join(
        keys, on=["contig", "Feature"], how="left", maintain_order="left"
    )
    lost = found.filter(pl.col("Feature").is_not_null() & pl.col("transcript").is_null())
    if not lost.is_empty():
        raise EngineFailed(
            f"The annotation engine ({NAME}) names transcripts that the reference doesn't have.",
            detail=f"such as {lost['Feature'].unique().head(5).to_list()}",
        )
    return _with_predictions(_without_partial_names(found)).select(EFFECTS.keys())


def _with_predictions(effects: pl.DataFrame) -> pl.DataFrame:
    """Keep predictions of one amino acid for another, as VEP does; null columns where none are."""
    single = pl.col("Amino_acids").str.contains(r"^[A-Z]/[A-Z]$")
    found = (pl.col(name) if name in effects.columns else pl.lit(None) for name in PREDICTIONS)
    return effects.with_columns(
        pl.when(single & (value != "")).then(value).cast(pl.String).alias(name)
        for name, value in zip(PREDICTIONS, found, strict=True)
    )


def _without_partial_names(effects: pl.DataFrame) -> pl.DataFrame:
    """Leave HGVSc out where bases are deleted beyond an end of the transcript.

    vepyr 0.10.0 names the rest of them as if it were all. VEP gives no name: HGVS numbers no base
    outside of the transcript.
    """
    ref, alt = pl.col("ref"), pl.col("alt")
    last = pl.col("position") + ref.str.len_bytes() - 1
    anchored = (ref.str.len_bytes() != alt.str.len_bytes()) & (ref.str.head(1) == alt.str.head(1))
    first = pl.col("position") + anchored.cast(pl.Int64)
    beyond = (first <= last) & ((first < pl.col("start")) | (last > pl.col("end")))
    # Where there is no transcript, there is no name either.
    return effects.with_columns(HGVSc=pl.when(~beyond).then("HGVSc"))
