"""A reference of two contigs: GRCh38 9:1-1,000,000 of ../shared/data, and the mitochondrion."""

import gzip
from pathlib import Path

from reference.build import build
from reference.options import BuildOptions, ContigOptions
from reference.progress import SILENT
from reference.rcrs.build import build_rcrs
from runtime.annotator.bundle import Bundle, load
from tests.shared_data import shared_data


def data() -> Path:
    """The folder of the piece; skips the calling test where it is missing."""
    return shared_data() / "grch38-chr9"


def build_grch38(folder: Path) -> Bundle:
    """Build the bundle in an empty folder."""
    build_rcrs(folder / "rcrs")
    mitochondrion = load(folder / "rcrs")
    fasta, genes = folder / "both.fa", folder / "both.gff3"
    fasta.write_text(
        (data() / "chr9_1_1000000.fa").read_text().rstrip("\n")
        + "\n"
        + mitochondrion.fasta_path.read_text()
    )
    with gzip.open(mitochondrion.genes_path, "rt") as file:
        genes.write_text((data() / "chr9.ensembl91.gff3").read_text() + file.read())
    options = BuildOptions(
        name="grch38-chr9",
        assembly="GRCh38",
        fasta=(fasta,),
        genes=genes,
        contigs=ContigOptions(
            aliases={"9": ["chr9"], "MT": ["chrM"]},
            accessions={"9": "NC_000009.12", "MT": "NC_012920.1"},
            circular=frozenset({"MT"}),
        ),
    )
    build(options, folder / "bundle", SILENT)
    return load(folder / "bundle")
