"""The sample VCF: real variants of interest, with the genotype column of one invented person."""

from pathlib import Path

from reference.rcrs.allele_table import check_allele
from reference.rcrs.facts import Row, read_table

COLUMNS = ("pos", "ref", "alt", "allele_fractions", "depth", "note")

_HEADER = """\
##fileformat=VCFv4.2
##description=Sample of the Genomics Annotation Service: real human mitochondrial variants of \
interest (pathogenic, synonymous, control region and others), gathered in one file
##description=The person is invented: no one carries all of these variants
##reference={assembly}
##contig=<ID={contig},length={length},assembly={assembly}>
##FILTER=<ID=PASS,Description="All filters passed">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Reads at the position">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Fraction of the reads with the alternate allele \
(heteroplasmy)">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads at the position">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tSAMPLE"""


def sample_vcf(path: Path, sequence: str, *, assembly: str, contig: str) -> str:
    """The table's variants as VCF 4.2 on `contig`, by position.

    Raises InputError for a row that the sequence contradicts, or whose fractions don't fit.
    """
    rows = sorted(read_table(path, COLUMNS), key=lambda row: row.integer("pos"))
    header = _HEADER.format(assembly=assembly, contig=contig, length=len(sequence))
    return "\n".join([header, *(_record(row, sequence, contig) for row in rows), ""])


def _record(row: Row, sequence: str, contig: str) -> str:
    alts = row["alt"].split(",")
    check_allele(row, row.integer("pos"), row["ref"], alts, sequence)
    depth = row.integer("depth")
    fractions = [_fraction(row, text) for text in row["allele_fractions"].split(",")]
    if len(fractions) != len(alts) or sum(fractions) > 1:
        raise row.error("allele_fractions should be one for each ALT, together at most 1")
    reads = [round(depth * fraction) for fraction in fractions]
    genotype = "/".join(str(allele) for allele in _alleles(fractions))
    call = ":".join(
        [
            genotype,
            ",".join(str(count) for count in [depth - sum(reads), *reads]),
            ",".join(f"{fraction:.3f}" for fraction in fractions),
            str(depth),
        ]
    )
    fixed = (contig, row["pos"], ".", row["ref"], row["alt"], ".", "PASS", f"DP={depth}")
    return "\t".join([*fixed, "GT:AD:AF:DP", call])


def _fraction(row: Row, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise row.error(f"allele_fractions should be numbers, not {text!r}") from error


def _alleles(fractions: list[float]) -> list[int]:
    """The genotype: the reference allele is absent where the alternates are nearly all reads."""
    present = [number for number, fraction in enumerate(fractions, start=1) if fraction > 0]
    if sum(fractions) < 0.95:
        present.insert(0, 0)
    return present * 2 if len(present) == 1 else present
