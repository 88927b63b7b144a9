"""bcftools csq: consequences on contigs of other genetic codes than the standard one."""

from pathlib import Path

import polars as pl

from runtime.annotator.bundle import BCFTOOLS_VERSION, Bundle
from runtime.annotator.csq_effects import CsqEffects
from runtime.annotator.csq_snvs import CsqSnvs
from runtime.annotator.effects import EFFECTS, check_complete
from runtime.annotator.engine import Run, write_sites
from runtime.vcf.genetic_codes import STANDARD

NAME = f"bcftools {BCFTOOLS_VERSION} csq"

# It says so at each run, of exons and UTRs, which have no phase.
_OF_THE_BUNDLE = ("GFF feature with unknown phase", "warnings were suppressed")


class CsqEngine:
    """See engine.Engine. A run of csq takes one genetic code."""

    def __init__(self) -> None:
        self._of: tuple[Bundle, CsqSnvs, CsqEffects] | None = None

    def _makers(self, bundle: Bundle) -> tuple[CsqSnvs, CsqEffects]:
        """What makes effects of csq's answers; they keep what they read of the bundle."""
        if self._of is None or self._of[0] is not bundle:
            self._of = bundle, CsqSnvs(bundle), CsqEffects(bundle)
        return self._of[1:]

    def handles(self, bundle: Bundle) -> list[int]:
        """See Engine."""
        contigs = bundle.manifest.contigs
        return [at for at, contig in enumerate(contigs) if contig.genetic_code != STANDARD]

    def effects(self, sites: pl.DataFrame, bundle: Bundle, run: Run) -> pl.DataFrame:
        """See Engine."""
        contigs = bundle.manifest.contigs
        texts = pl.concat(
            self._texts(sites, bundle, code, run)
            for code in sorted({contigs[at].genetic_code for at in sites["contig"].unique()})
        )
        snvs, others_ = self._makers(bundle)
        columns = snvs.of_sites(sites, texts)
        others = sites.filter(~pl.col("site").is_in(columns["site"].unique().implode()))
        of_others = texts.filter(pl.col("site").is_in(others["site"].implode()))
        one_by_one = others_.of_sites(others, dict(of_others.iter_rows()))
        effects = pl.concat([columns, one_by_one])
        check_complete(effects, sites, NAME)
        return effects.select(EFFECTS.keys())

    def _texts(self, sites: pl.DataFrame, bundle: Bundle, code: int, run: Run) -> pl.DataFrame:
        """What csq says of the sites on contigs of one genetic code."""
        contigs = bundle.manifest.contigs
        places = [at for at, contig in enumerate(contigs) if contig.genetic_code == code]
        return _consequences(sites.filter(pl.col("contig").is_in(places)), bundle, code, run)

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
    vcf, out = run.folder / "csq.vcf", run.folder / "csq.out.vcf"
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
