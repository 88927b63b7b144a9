"""Known variants: read from a table, checked against the sequence, written as VCF."""

from dataclasses import dataclass
from pathlib import Path

from reference.rcrs.facts import Row, read_table

COLUMNS = ("pos", "ref", "alt", "dbsnp_id", "clinical_significance", "condition", "source")
# ClinVar's terms, https://www.ncbi.nlm.nih.gov/clinvar/docs/clinsig/
SIGNIFICANCE = frozenset(
    {
        "",
        "Benign",
        "Likely benign",
        "Uncertain significance",
        "Likely pathogenic",
        "Pathogenic",
        "Pathogenic/Likely pathogenic",
        "drug response",
    }
)

# VCF 4.3, section 1.6.1: what an INFO value may not hold, besides the spaces that are replaced.
_NOT_IN_INFO = frozenset(",;=")


@dataclass(frozen=True)
class KnownVariant:
    """An allele with what is known of it; `pos` is 1-based, unknown fields are empty."""

    pos: int
    ref: str
    alt: str
    dbsnp_id: str
    clinical_significance: str
    condition: str
    source: str


def load_known(path: Path, sequence: str) -> list[KnownVariant]:
    """The variants by position; raises InputError for one that contradicts the sequence."""
    seen: dict[tuple[int, str, str], Row] = {}
    variants = []
    for row in read_table(path, COLUMNS):
        variant = _variant(row, sequence)
        key = (variant.pos, variant.ref, variant.alt)
        if key in seen:
            raise row.error(f"the same allele is on line {seen[key].line}")
        seen[key] = row
        variants.append(variant)
    return sorted(variants, key=lambda variant: (variant.pos, variant.ref, variant.alt))


def _variant(row: Row, sequence: str) -> KnownVariant:
    variant = KnownVariant(
        pos=row.integer("pos"),
        ref=row["ref"],
        alt=row["alt"],
        dbsnp_id=row["dbsnp_id"],
        clinical_significance=row.one_of("clinical_significance", SIGNIFICANCE),
        condition=row["condition"],
        source=row["source"],
    )
    check_allele(row, variant.pos, variant.ref, [variant.alt], sequence)
    if variant.dbsnp_id and not _is_dbsnp_id(variant.dbsnp_id):
        raise row.error(f"dbsnp_id should be like rs199474657, not {variant.dbsnp_id!r}")
    if not variant.source:
        raise row.error("source is missing")
    if set(variant.condition.replace("; ", "")) & _NOT_IN_INFO:
        raise row.error("condition holds a comma, an equals sign or a lone semicolon")
    return variant


def check_allele(row: Row, pos: int, ref: str, alts: list[str], sequence: str) -> None:
    """Raises InputError unless `ref` stands at `pos` and each of `alts` is other bases than it."""
    found = sequence[pos - 1 : pos - 1 + len(ref)] if pos else ""
    if not ref or found != ref:
        raise row.error(f"REF at {pos} should be {found!r} as in the sequence, not {ref!r}")
    for alt in alts:
        if not alt or set(alt) - set("ACGT") or alt == ref:
            raise row.error(f"ALT should be bases other than REF, not {alt!r}")


def _is_dbsnp_id(text: str) -> bool:
    return text.startswith("rs") and text[2:].isdecimal()


def to_vcf(assembly: str, contig: str, length: int, variants: list[KnownVariant]) -> str:
    """The variants as VCF 4.3 with their significance in INFO/CLNSIG, as ClinVar's VCF has it."""
    header = [
        "##fileformat=VCFv4.3",
        f"##reference={assembly}",
        f"##contig=<ID={contig},length={length}>",
        '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Clinical significance">',
        '##INFO=<ID=CLNDN,Number=.,Type=String,Description="Associated condition">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    return "\n".join([*header, *(_record(contig, variant) for variant in variants), ""])


def _record(contig: str, variant: KnownVariant) -> str:
    values = {"CLNSIG": variant.clinical_significance, "CLNDN": variant.condition}
    info = ";".join(f"{key}={_info_text(text)}" for key, text in values.items() if text)
    known_id = variant.dbsnp_id or "."
    return f"{contig}\t{variant.pos}\t{known_id}\t{variant.ref}\t{variant.alt}\t.\t.\t{info or '.'}"


def _info_text(text: str) -> str:
    """The text as ClinVar's VCF writes it: `|` between values, `_` for a space."""
    return text.replace("; ", "|").replace(" ", "_")
