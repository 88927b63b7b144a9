"""bcftools csq: consequences on contigs of other genetic codes than the standard one."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from runtime.annotator.bundle import BCFTOOLS_VERSION, Bundle
from runtime.annotator.csq_effects import CsqEffects
from runtime.annotator.effects import EFFECTS, check_complete
from runtime.annotator.engine import Run, write_sites
from runtime.vcf.genetic_codes import STANDARD

NAME = f"bcftools {BCFTOOLS_VERSION} csq"

# It says so at each run, of exons and UTRs, which have no phase.
_OF_THE_BUNDLE = ("GFF feature with unknown phase", "warnings were suppressed")


class CsqEngine:
    """See engine.Engine. A run of csq takes one genetic code."""

    def handles(self, bundle: Bundle) -> list[int]:
        """See Engine."""
        contigs = bundle.manifest.contigs
        return [at for at, contig in enumerate(contigs) if contig.genetic_code != STANDARD]

    def effects(self, sites: pl.DataFrame, bundle: Bundle, run: Run) -> pl.DataFrame:
        """See Engine."""
        contigs = bundle.manifest.contigs
        known = CsqEffects(bundle)
        found = []
        for code in sorted({contigs[at].genetic_code for at in sites["contig"].unique()}):
            places = [at for at, contig in enumerate(contigs) if contig.genetic_code == code]
            here = sites.filter(pl.col("contig").is_in(places))
            texts = dict(_consequences(here, bundle, code, run))
            found.append(known.of_sites(here, texts))
        effects = pl.concat(found)
        check_complete(effects, sites, NAME)
        return effects.select(EFFECTS.keys())

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


def _consequences(
    sites: pl.DataFrame, bundle: Bundle, code: int, run: Run
) -> Iterator[tuple[int, str]]:
    """Yield what csq says of sites, by their number; nothing of those between genes."""
    genes = bundle.csq_genes_path
    if genes is None:
        # No contig of these codes has a gene.
        return
    vcf, out = run.folder / "csq.vcf", run.folder / "csq.out.vcf"
    write_sites(vcf, sites, bundle)
    ran = run.command(
        *("csq", "--local-csq", "--genetic-code", str(code), "--no-version"),
        *("-f", str(bundle.fasta_path), "-g", str(genes), "-O", "v", "-o", str(out), str(vcf)),
    )
    for line in ran.messages.splitlines():
        if "arning" in line and not any(words in line for words in _OF_THE_BUNDLE):
            run.warn(f"csq: {line}")
    yield from _read(out)


def _read(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                columns = line.rstrip("\n").split("\t")
                if columns[7].startswith("BCSQ="):
                    yield int(columns[2]), columns[7].removeprefix("BCSQ=")
