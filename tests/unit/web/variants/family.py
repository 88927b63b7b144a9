"""A result of a family of four, and what bcftools and the upload say of the same."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysam
import pysam.bcftools

from runtime.annotator.bundle import load
from runtime.common.job import Job
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.variant import Variant
from tests.unit.web.site import Site
from tests.unit.web.variants.results import annotated

SAMPLES = ("child", "mother", "father", "uncle O'Neill")
HEADER = "\n".join(
    (
        "##fileformat=VCFv4.2",
        "##contig=<ID=MT,length=16569>",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="">',
        '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="">',
        '##FORMAT=<ID=AF,Number=A,Type=Float,Description="">',
        "\t".join(["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT", *SAMPLES]),
    )
)
KINDS = ("0/0", "0/1", "0/1", "1|0", "1/1", "0", "1", "./.", "./1")


@dataclass(frozen=True)
class Family:
    """A job with a result of four samples, and the upload."""

    site: Site
    job: Job
    upload: Path

    def found(self, **given: Any) -> set[int]:
        """Positions of the variants that meet a filter."""
        address = {name: each if isinstance(each, list) else [each] for name, each in given.items()}
        query = VariantQuery.from_args(address)
        return {variant.position for variant in all_variants(self.site, self.job, query)}

    def by_bcftools(self, expression: str) -> set[int]:
        """Positions of the records that meet an expression."""
        text = pysam.bcftools.view("-H", "-i", expression, str(self.upload))
        return {int(line.split("\t")[1]) for line in str(text).splitlines()}

    @property
    def genotypes(self) -> dict[int, dict[str, str]]:
        """GT by position and sample."""
        lines = [line.split("\t") for line in self.upload.read_text().splitlines()]
        return {
            int(line[1]): {
                name: cell.split(":")[0] for name, cell in zip(SAMPLES, line[9:], strict=True)
            }
            for line in lines
            if not line[0].startswith("#")
        }


def all_variants(site: Site, job: Job, query: VariantQuery, size: int = 50) -> list[Variant]:
    """Every variant that meets a filter, page by page from the first one on."""
    found: list[Variant] = []
    while (page := site.services.variants.page(job, query, size=size)).variants:
        assert page.first == len(found) + 1
        found += page.variants
        if len(found) >= page.counts.variants:
            break
        query = query.model_copy(update={"after": str(found[-1].key)})
    return found


def create_family(site: Site, folder: Path) -> Family:
    """Make one; a record has one ALT allele, so that bcftools' records are variants."""
    choose, fasta = random.Random(5), load(site.reference.folder).fasta
    lines = [HEADER]
    for position in sorted(choose.sample(range(3_300, 16_000), 400)):
        ref = fasta.bases("MT", position, 1).decode()
        if ref == "N":
            continue
        alt = choose.choice([base for base in "ACGT" if base != ref])
        cells = []
        for _ in SAMPLES:
            depths = choose.randrange(40), choose.randrange(40)
            share = choose.choice([".", f"{choose.random():.2f}"])
            cells.append(
                f"{choose.choice(KINDS)}:{depths[0]},{depths[1]}:{sum(depths)}:"
                f"{choose.randrange(100)}:{share}"
            )
        record = ["MT", str(position), ".", ref, alt, ".", ".", ".", "GT:AD:DP:GQ:AF", *cells]
        lines.append("\t".join(record))
    upload = folder / "family.vcf"
    upload.write_text("\n".join([*lines, ""]))
    job = annotated(site, site.user("Ada"), upload.read_text(), "family.vcf")
    return Family(site, job, upload)
