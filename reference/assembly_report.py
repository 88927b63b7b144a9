"""NCBI's assembly report: the names that a sequence has at GenBank, RefSeq and UCSC."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reference.errors import InputError
from reference.options import ContigOptions
from reference.text_files import read_lines

# The columns, from https://www.ncbi.nlm.nih.gov/datasets/docs/v2/reference-docs/file-formats/
_COLUMNS = (
    "Sequence-Name",
    "Sequence-Role",
    "Assigned-Molecule",
    "Assigned-Molecule-Location/Type",
    "GenBank-Accn",
    "Relationship",
    "RefSeq-Accn",
    "Assembly-Unit",
    "Sequence-Length",
    "UCSC-style-name",
)
_NOTHING = ("na", "")


@dataclass(frozen=True)
class ReportedSequence:
    """A row: the names of a sequence, its length in bases, and RefSeq's or GenBank's accession."""

    names: tuple[str, ...]
    length: int
    accession: str | None


def read_assembly_report(path: Path) -> list[ReportedSequence]:
    """Read the rows of NCBI's NAME_assembly_report.txt.

    Raises:
        InputError: it has another form.
    """
    rows = []
    for number, line in enumerate(read_lines(path), start=1):
        if line.startswith(b"#") or not line:
            continue
        values = line.decode("utf-8", "replace").split("\t")
        if len(values) != len(_COLUMNS) or not values[8].isdecimal():
            columns = ", ".join(_COLUMNS)
            raise InputError(
                path, f"is no assembly report of NCBI's: its columns are {columns}", number
            )
        rows.append(_sequence(dict(zip(_COLUMNS, values, strict=True))))
    if not rows:
        raise InputError(path, "is no assembly report of NCBI's: it has no rows")
    return rows


def _sequence(row: Mapping[str, str]) -> ReportedSequence:
    columns = ["Sequence-Name", "GenBank-Accn", "RefSeq-Accn", "UCSC-style-name"]
    # Of an unplaced sequence the molecule is the chromosome that it belongs to, not its name.
    if row["Sequence-Role"] == "assembled-molecule":
        columns.append("Assigned-Molecule")
    names = [row[column] for column in columns if row[column] not in _NOTHING]
    accessions = [
        row[each] for each in ("RefSeq-Accn", "GenBank-Accn") if row[each] not in _NOTHING
    ]
    return ReportedSequence(
        names=tuple(dict.fromkeys(names)),
        length=int(row["Sequence-Length"]),
        accession=next(iter(accessions), None),
    )


def with_report(
    options: ContigOptions, path: Path, lengths: Mapping[str, int]
) -> tuple[ContigOptions, list[str]]:
    """Add what an assembly report says of the contigs of a FASTA; options that say more stay.

    Rows of other sequences (patches, alternate loci) are passed over. A contig of another length
    than its row is another sequence (UCSC's hg19 has a chrM of its own), so it takes no names.

    Returns:
        The options, and what the bundle's maker should check.

    Raises:
        InputError: no contig is in the report.
    """
    aliases = {name: list(given) for name, given in options.aliases.items()}
    accessions = dict(options.accessions)
    notes, found = [], 0
    for row in read_assembly_report(path):
        for name in set(row.names) & lengths.keys():
            if lengths[name] != row.length:
                notes.append(
                    f"{name} has {lengths[name]:,} bases, and {row.length:,} in {path.name}: it's "
                    "another sequence, and takes no names from there"
                )
                continue
            found += 1
            others = [each for each in row.names if each not in lengths]
            aliases[name] = list(dict.fromkeys([*aliases.get(name, []), *others]))
            if row.accession:
                accessions.setdefault(name, row.accession)
    if not found:
        raise InputError(path, "has no sequence of the FASTA: it belongs to another assembly")
    return replace(options, aliases=aliases, accessions=accessions), notes
