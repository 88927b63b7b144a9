"""bcftools csq: consequences on contigs of other genetic codes than the standard one."""

from functools import partial
from pathlib import Path

import polars as pl

from runtime.annotator.bundle import BCFTOOLS_VERSION, Bundle
from runtime.annotator.csq_effects import CsqEffects
from runtime.annotator.csq_snvs import CsqSnvs
from runtime.annotator.effects import EFFECTS, check_complete
from runtime.annotator.engine import Run, write_sites
from runtime.vcf.genetic_codes import STANDARD

NAME = f"bcftools {BCFTOOLS_VERSION} csq"

MOST_SITES = 10_000
"""Of a run of csq, which compares the sites of a position with each other."""

SITES_BETWEEN_CHECKS = 500
"""After so many it is looked whether the job is to end: half a second, where alleles are long."""

# It says so at each run, of exons and UTRs, which have no phase.
_OF_THE_BUNDLE = ("GFF feature with unknown phase", "warnings were suppressed")


class CsqEngine:
    """See engine.Engine. A run of csq takes one genetic code."""

    def __init__(self) -> None:
        self._of: dict[Path, tuple[Bundle, CsqSnvs, CsqEffects]] = {}

    def _makers(self, bundle: Bundle) -> tuple[CsqSnvs, CsqEffects]:
        """What makes effects of csq's answers; they keep what they read of the bundle."""
        if bundle.folder not in self._of or self._of[bundle.folder][0] is not bundle:
            self._of[bundle.folder] = bundle, CsqSnvs(bundle), CsqEffects(bundle)
        return self._of[bundle.folder][1:]

    def handles(self, bundle: Bundle) -> list[int]:
        """See Engine."""
        contigs = bundle.manifest.contigs
        return [at for at, contig in enumerate(contigs) if contig.genetic_code != STANDARD]

    def effects(self, sites: pl.DataFrame, bundle: Bundle, run: Run) -> pl.DataFrame:
        """See Engine."""
        codes = pl.Series([contig.genetic_code for contig in bundle.manifest.contigs])
        by_code = sites.with_columns(code=codes.gather(sites["contig"])).partition_by(
            "code", include_key=False, as_dict=True
        )
        parts = [
            (here, int(code))
            for (code,), of_code in sorted(by_code.items())
            for here in of_code.iter_slices(MOST_SITES)
        ]
        texts = run.at_once(partial(_consequences, here, bundle, code, run) for here, code in parts)
        effects = pl.concat(
            self._effects(here, text, bundle, run)
            for (here, _), text in zip(parts, texts, strict=True)
        )
        check_complete(effects, sites, NAME)
        return effects.select(EFFECTS.keys())

    def _effects(
        self, sites: pl.DataFrame, texts: pl.DataFrame, bundle: Bundle, run: Run
    ) -> pl.DataFrame:
        """The effects of sites of which csq says `texts`: in columns, or site by site."""
        snvs, others_ = self._makers(bundle)
        columns = snvs.of_sites(sites, texts)
        others = sites.filter(~pl.col("site").is_in(columns["site"].unique().implode()))
        found = [columns]
        for some in others.iter_slices(SITES_BETWEEN_CHECKS):
            run.check()
            of_some = texts.filter(pl.col("site").is_in(some["site"].implode()))
            found.append(others_.of_sites(some, dict(of_some.iter_rows())))
        return pl.concat(found)

    def facts(self, bundle: Bundle) -> dict[str, object] | None:
        """See Engine."""
        places = self.handles(bundle)
        if not places:
            return None
        codes = sorted({bundle.manifest.contigs[at].genetic_code for at in places})
        return {
            "name": "bcftools csq",
            "version": BCFTOOLS_VERSION,
            "rules": "bcftools csq, corrected: start codons and polyadenylated stop codons",
            "genetic_codes": codes,
        }


def _consequences(sites: pl.DataFrame, bundle: Bundle, code: int, run: Run) -> pl.DataFrame:
    """What csq says of sites, as `site` and `text`; nothing of those between genes."""
    genes = bundle.csq_genes_path
    if genes is None:
        # No contig of these codes has a gene.
        return pl.DataFrame(schema={"site": pl.UInt32, "text": pl.String})
    with run.new_folder("csq") as folder:
        vcf, out = folder / "sites.vcf", folder / "out.vcf"
        write_sites(vcf, sites, bundle)
        ran = run.command(
            *("csq", "--local-csq", "--genetic-code", str(code), "--no-version"),
            *("-f", str(bundle.fasta_path), "-g", str(genes), "-O", "v", "-o", str(out), str(vcf)),
        )
        for line in ran.messages.splitlines():
            if "arning" in line and not any(words in line for words in _OF_THE_BUNDLE):
                run.warn(f"csq: {line}")
        return _read(out)


def _read(path: Path) -> pl.DataFrame:
    columns = pl.read_csv(
        path,
        separator="\t",
        has_header=False,
        comment_prefix="#",
        quote_char=None,
        infer_schema=False,
        columns=[2, 7],
        new_columns=["site", "text"],
    )
    said = columns.filter(pl.col("text").str.starts_with("BCSQ="))
    return said.select(pl.col("site").cast(pl.UInt32), pl.col("text").str.slice(len("BCSQ=")))
