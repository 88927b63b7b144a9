"""The invented genome as its publishers would lay it out, and the recipe for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.genome.bundle import known_vcf, to_fasta, to_gff3
from tests.genome.models import LENGTHS
from tests.unit.reference.releases import Mirror, serving, zipped

PUB = "https://ftp.example.org/pub/release-7"
_INSIDE = PUB.removeprefix("https://")
GENES, CLINVAR = f"{_INSIDE}/gff3/Invented.7.gff3.gz", f"{_INSIDE}/vcf/clinvar.vcf.gz"
"""Their paths in the mirror."""
RECIPE = f"""\
name = "invented"
version = "7"
assembly = "Invented1"
description = "An invented genome"

[sequences]
url = "{PUB}/fasta/dna/Invented.chromosome.{{contig}}.fa.gz"
contigs = {json.dumps(list(LENGTHS))}
checksums = "CHECKSUMS"
origin = "Example 7"
licence = "none needed"

[genes]
url = "{PUB}/gff3/Invented.7.gff3.gz"
checksums = "CHECKSUMS"
origin = "Example 7"
licence = "none needed"

[assembly_report]
url = "{PUB}/report/Invented1_assembly_report.txt"
checksums = "md5checksums.txt"
origin = "Example"
licence = "none needed"

[[tracks]]
name = "clinvar"
url = "{PUB}/vcf/clinvar.vcf.gz"
checksums = "clinvar.vcf.gz.md5"
origin = "ClinVar"
licence = "public domain"
fields = ["ID", "INFO/CLNSIG"]

[[tracks]]
name = "frequencies"
url = "{PUB}/vcf/sites.vcf.gz"
origin = "Frequencies"
licence = "open"
version = "2a"
date = "2019-02-27"
fields = ["INFO/AF"]

[contigs]
circular = ["chrM"]
"""
REPORT_HEADER = """\
# Assembly name:  Invented1
# Sequence-Name\tSequence-Role\tAssigned-Molecule\tAssigned-Molecule-Location/Type\tGenBank-Accn\t\
Relationship\tRefSeq-Accn\tAssembly-Unit\tSequence-Length\tUCSC-style-name
"""


def report_row(name: str, accession: str, length: int, ucsc: str) -> str:
    """A row of an assembly report."""
    columns = (name, "assembled-molecule", name, "Chromosome", "na", "<>", accession, "P")
    return "\t".join((*columns, str(length), ucsc)) + "\n"


def to_sequences(fasta: str) -> dict[str, bytes]:
    """The sequences of a FASTA as files of their own, by name."""
    parts = [part for part in fasta.split(">") if part]
    return {part.split()[0]: zipped(f">{part}") for part in parts}


@contextmanager
def invented_mirror() -> Iterator[Mirror]:
    """Serve the files of RECIPE."""
    made = Mirror()
    rows = [
        report_row("1", "NC_999001.1", LENGTHS["1"], "chrOne"),
        report_row("elsewhere", "NC_1.1", 77, "na"),
        report_row("chrM", "NC_9.1", 16, "na"),
    ]
    sequences = {
        f"fasta/dna/Invented.chromosome.{name}.fa.gz": content
        for name, content in to_sequences(to_fasta()).items()
    }
    made.publish(f"{PUB}/", "CHECKSUMS", sequences)
    made.publish(f"{PUB}/", "CHECKSUMS", {"gff3/Invented.7.gff3.gz": zipped(to_gff3())})
    report = (REPORT_HEADER + "".join(rows)).replace("\n", "\r\n").encode()
    made.publish(f"{PUB}/", "md5checksums.txt", {"report/Invented1_assembly_report.txt": report})
    vcf = zipped(known_vcf())
    made.publish(f"{PUB}/", "clinvar.vcf.gz.md5", {"vcf/clinvar.vcf.gz": vcf})
    made.publish(f"{PUB}/", None, {"vcf/sites.vcf.gz": vcf})
    with serving(made):
        yield made
