"""The shipped recipe of GRCh38, with a piece of chromosome 9 in the place of the genome."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pysam
import pytest

from reference.progress import SILENT
from reference.rcrs.build import build_rcrs
from reference.recipes.build import Request, build_recipe
from reference.recipes.recipe import Recipe, load_recipe
from runtime.annotator.bundle import Bundle, load
from tests.shared_data import shared_data
from tests.unit.reference.invented_releases import REPORT_HEADER, report_row
from tests.unit.reference.releases import Mirror, serving, zipped

CLINVAR = """\
##fileformat=VCFv4.1
##fileDate=2026-09-20
##source=ClinVar
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Classification">
##INFO=<ID=CLNDN,Number=.,Type=String,Description="Disease name">
##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description="Review status">
##INFO=<ID=RS,Number=.,Type=String,Description="dbSNP ID">
##INFO=<ID=CLNHGVS,Number=.,Type=String,Description="HGVS">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
9\t12140\t4711\tA\tG\t.\t.\tCLNSIG=Benign;CLNHGVS=x;RS=77
NC_012920.1\t3243\t9589\tA\tG\t.\t.\tCLNSIG=Pathogenic;CLNDN=MELAS_syndrome
"""
SITES = """\
##fileformat=VCFv4.3
##INFO=<ID=AC,Number=A,Type=Integer,Description="Allele count">
##INFO=<ID=AN,Number=1,Type=Integer,Description="Allele number">
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">
##INFO=<ID=VT,Number=.,Type=String,Description="Kind of variant">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""


def _publish(mirror: Mirror, recipe: Recipe, mitochondrion: Bundle) -> None:
    """Lay the piece out under the addresses of the recipe."""
    piece = shared_data() / "grch38-chr9"
    fasta = (piece / "chr9_1_1000000.fa").read_text() + mitochondrion.fasta_path.read_text()
    genes = (piece / "chr9.ensembl91.gff3").read_text()
    with gzip.open(mitochondrion.genes_path, "rt") as file:
        genes += file.read()
    with gzip.open(piece / "variants.vcf.gz", "rt") as file:
        variants = [line.split("\t")[:5] for line in file if not line.startswith("#")]
    records = [
        "\t".join([*each, ".", "PASS", "AC=1;AN=5096;AF=0.0002;VT=SNP"]) for each in variants
    ]
    rows = [
        report_row("9", "NC_000009.12", 1_000_000, "chr9"),
        report_row("MT", "NC_012920.1", 16_569, "chrM"),
    ]
    contents = {
        "Sequences": fasta,
        "Genes": genes,
        "Track clinvar": CLINVAR,
        "Track thousand_genomes": SITES + "\n".join([*records, ""]),
    }
    report = recipe.sources["Assembly report"]
    assert report.checksums
    mirror.publish(
        "", report.checksums, {_path(report.url): (REPORT_HEADER + "".join(rows)).encode()}
    )
    for what, text in contents.items():
        source = recipe.sources[what]
        mirror.publish("", source.checksums, {_path(source.url): zipped(text)})


def _path(url: str) -> str:
    return url.removeprefix("https://")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """The releases that the recipe names."""
    folder = tmp_path_factory.mktemp("rcrs") / "bundle"
    build_rcrs(folder)
    made = Mirror()
    _publish(made, load_recipe("grch38")[0], load(folder))
    with serving(made):
        yield made


def test_should_build_grch38_from_ensembl_s_layout_when_it_is_cut_off(
    tmp_path: Path, mirror: Mirror
) -> None:
    recipe, folder = load_recipe("grch38")
    sequences = _path(recipe.sequences.url)
    mirror.cut_off.add(sequences)
    out, downloads = tmp_path / "grch38", tmp_path / "downloads"

    built = build_recipe(
        Request(recipe, folder, out, downloads, mirror.url, lambda options: options),
        SILENT,
        lambda _line: None,
    )

    assert built is not None
    assert mirror.fetched(sequences)[1] == f"bytes={len(mirror.files[sequences]) // 2}-"
    manifest = load(out).manifest
    assert (manifest.name, manifest.version) == ("grch38", "116.20260921")
    nine, mitochondrion = manifest.contigs
    assert (nine.name, nine.aliases, nine.accession) == (
        *("9", ["NC_000009.12", "chr9"], "NC_000009.12"),
    )
    assert (mitochondrion.genetic_code, mitochondrion.circular) == (2, True)
    assert mitochondrion.aliases[:2] == ["NC_012920.1", "chrM"]
    clinvar, frequencies = manifest.tracks
    assert (clinvar.date, frequencies.version, frequencies.date) == (
        *("2026-09-20", "2a", "2019-02-27"),
    )
    assert [field.target for field in clinvar.fields] == [
        *("clinvar_id", "clinical_significance", "condition", "review_status", "dbsnp_id"),
    ]
    with pysam.VariantFile(str(out / "clinvar.vcf.gz")) as file:
        # ClinVar's RS is a number; an rs id is what people look for.
        assert [record.info.get("RS") for record in file] == [("rs77",), None]
    with pysam.VariantFile(str(out / "thousand_genomes.vcf.gz")) as file:
        records = list(file)
        assert list(file.header.info) == ["AC", "AN", "AF"]
    assert len(records) > 14_000
    with pysam.VariantFile(str(out / "sample.vcf")) as file:
        sample = [(record.contig, record.pos, record.ref, record.alts) for record in file]
    assert sample == [("9", 12_140, "A", ("G",)), ("MT", 3_243, "A", ("G",))]
    assert built.transcripts > 30
