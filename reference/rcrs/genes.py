"""The genes: read from a table, checked against the sequence, written as Ensembl-style GFF3."""

import re
from dataclasses import dataclass
from pathlib import Path

from reference.rcrs.facts import Row, read_table
from reference.rcrs.sequence import stretch

COLUMNS = (
    "name",
    "start",
    "end",
    "strand",
    "biotype",
    "gene_id",
    "hgnc_id",
    "transcript_id",
    "polyadenylated_stop",
)
# GFF3 feature types of gene and transcript, as Ensembl writes them for each biotype.
_FEATURES = {
    "protein_coding": ("gene", "mRNA"),
    "Mt_tRNA": ("ncRNA_gene", "tRNA"),
    "Mt_rRNA": ("ncRNA_gene", "rRNA"),
}
_STRANDS = frozenset("+-")
_GENE_ID = re.compile(r"ENSG\d{11}\.\d+")
_HGNC_ID = re.compile(r"HGNC:\d+")
_TRANSCRIPT_ID = re.compile(r"ENST\d{11}\.\d+")


@dataclass(frozen=True)
class Gene:
    """A gene with its one transcript of one exon; positions are 1-based and inclusive."""

    name: str
    start: int
    end: int
    strand: str
    biotype: str
    gene_id: str
    hgnc_id: str
    transcript_id: str
    polyadenylated_stop: str

    @property
    def is_coding(self) -> bool:
        return self.biotype == "protein_coding"


def load_genes(path: Path, sequence: str) -> list[Gene]:
    """The genes in the table's order; raises InputError for one that the sequence contradicts."""
    genes: dict[str, Gene] = {}
    for row in read_table(path, COLUMNS):
        gene = _gene(row, sequence)
        if gene.name in genes:
            raise row.error(f"{gene.name} is listed more than once")
        genes[gene.name] = gene
    return list(genes.values())


def _gene(row: Row, sequence: str) -> Gene:
    gene = Gene(
        name=row["name"],
        start=row.integer("start"),
        end=row.integer("end"),
        strand=row.one_of("strand", _STRANDS),
        biotype=row.one_of("biotype", frozenset(_FEATURES)),
        gene_id=row["gene_id"],
        hgnc_id=row["hgnc_id"],
        transcript_id=row["transcript_id"],
        polyadenylated_stop=row["polyadenylated_stop"],
    )
    if not (_GENE_ID.fullmatch(gene.gene_id) and _TRANSCRIPT_ID.fullmatch(gene.transcript_id)):
        raise row.error(f"{gene.name} has an identifier that is no Ensembl one with its version")
    if not _HGNC_ID.fullmatch(gene.hgnc_id):
        raise row.error(f"{gene.name} has an hgnc_id that is none: {gene.hgnc_id!r}")
    if not 1 <= gene.start <= gene.end <= len(sequence):
        raise row.error(
            f"{gene.name} ({gene.start} to {gene.end}) lies outside the {len(sequence)} bases"
        )
    if gene.is_coding:
        _check_end(row, gene, stretch(sequence, gene.start, gene.end, gene.strand))
    return gene


def _check_end(row: Row, gene: Gene, coding: str) -> None:
    """The bases past the last whole codon must be what polyadenylation is said to complete."""
    rest = coding[len(coding) - len(coding) % 3 :]
    if rest != gene.polyadenylated_stop:
        raise row.error(
            f"{gene.name} ends with the incomplete codon {rest!r}, and polyadenylated_stop says "
            f"{gene.polyadenylated_stop!r}"
        )


def to_gff3(contig: str, length: int, genes: list[Gene]) -> str:
    """The genes as Ensembl-style GFF3."""
    lines = ["##gff-version 3", f"##sequence-region {contig} 1 {length}"]
    for gene in genes:
        lines += [f"{contig}\t{line}" for line in _feature_lines(gene)]
    return "\n".join([*lines, ""])


def _feature_lines(gene: Gene) -> list[str]:
    gene_id, gene_version = gene.gene_id.split(".")
    transcript_id, transcript_version = gene.transcript_id.split(".")
    gene_type, transcript_type = _FEATURES[gene.biotype]
    parent = f"Parent=transcript:{transcript_id}"
    lines = [
        _line(
            gene,
            gene_type,
            f"ID=gene:{gene_id};Name={gene.name};biotype={gene.biotype};gene_id={gene_id};"
            f"hgnc_id={gene.hgnc_id};version={gene_version}",
        ),
        _line(
            gene,
            transcript_type,
            f"ID=transcript:{transcript_id};Parent=gene:{gene_id};Name={gene.name}-201;"
            f"biotype={gene.biotype};transcript_id={transcript_id};version={transcript_version}",
        ),
        _line(gene, "exon", parent),
    ]
    if gene.is_coding:
        lines.append(_line(gene, "CDS", f"ID=CDS:{transcript_id};{parent}", phase="0"))
    return lines


def _line(gene: Gene, feature: str, attributes: str, *, phase: str = ".") -> str:
    fields = ("insdc", feature, gene.start, gene.end, ".", gene.strand, phase, attributes)
    return "\t".join(str(field) for field in fields)
