"""Tables of alleles: read, held against the sequence, and written as VCF."""

from collections.abc import Iterable
from pathlib import Path

from reference.rcrs.facts import Row, read_table
from reference.rcrs.settings import Contig
from runtime.vcf.normalization import Allele

# VCF 4.3, section 1.0.2, and a blank, which stands for one in no VCF before 4.3.
_ENCODED = str.maketrans({";": "%3B", "=": "%3D", ",": "%2C", " ": "_"})


def read_alleles(path: Path, columns: tuple[str, ...], sequence: str) -> dict[Allele, Row]:
    """The rows of a table by `pos`, `ref` and `alt`, sorted.

    Raises:
        InputError: one contradicts the sequence, or is there twice.
    """
    rows: dict[Allele, Row] = {}
    for row in read_table(path, columns):
        allele = (row.integer("pos"), row["ref"], row["alt"])
        check_allele(row, allele[0], allele[1], [allele[2]], sequence)
        if allele in rows:
            raise row.error(f"the same allele is on line {rows[allele].line}")
        rows[allele] = row
    return dict(sorted(rows.items()))


def check_allele(row: Row, pos: int, ref: str, alts: list[str], sequence: str) -> None:
    """Raises InputError unless `ref` stands at `pos` and each of `alts` is other bases than it."""
    found = sequence[pos - 1 : pos - 1 + len(ref)] if pos else ""
    if not ref or found != ref:
        raise row.error(f"REF at {pos} should be {found!r} as in the sequence, not {ref!r}")
    for alt in alts:
        if not alt or set(alt) - set("ACGT") or alt == ref:
            raise row.error(f"ALT should be bases other than REF, not {alt!r}")


def info_text(text: str) -> str:
    """A text as an INFO value: a blank is an underscore, and what parts values is encoded."""
    return text.translate(_ENCODED)


def write_vcf(
    path: Path,
    contig: Contig,
    fields: dict[str, str],
    records: Iterable[tuple[Allele, str, dict[str, str]]],
) -> Path:
    """Write alleles as VCF 4.3; return the path.

    Args:
        path: the file.
        contig: their contig.
        fields: number and type of each INFO field, as "Number=1,Type=Float".
        records: an allele, its id or nothing, and INFO; empty values are left out.
    """
    name = contig.name
    lines = ["##fileformat=VCFv4.3", f"##contig=<ID={name},length={contig.length}>"]
    lines += [f'##INFO=<ID={key},{kind},Description="{key}">' for key, kind in fields.items()]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for (position, ref, alt), known_id, values in records:
        info = ";".join(f"{key}={value}" for key, value in values.items() if value)
        lines.append(f"{name}\t{position}\t{known_id or '.'}\t{ref}\t{alt}\t.\t.\t{info or '.'}")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
    return path
