"""MITOMAP's disease associations with their status, PubMed ids, and ClinGen's ratings."""

import re
from dataclasses import dataclass

from reference.rcrs.mity.alleles import Checked, Refusal
from reference.rcrs.mity.sdist import Record, SourcePackage
from reference.rcrs.mity.texts import DiseaseNames, without_hyphens
from runtime.vcf.normalization import Allele

_LIST = "mitomap_disease"
_CONFIRMED = "mitomap_confirmed_mutations"
_TABLES = ("mitomap_mutations_rna", "mitomap_mutations_coding_control")

# The first words of MITOMAP's status, and ours.
_STATUSES = {
    "Cfrm": "Confirmed",
    "Reported": "Reported",
    "Conflicting reports": "Conflicting reports",
    "Unclear": "Unclear",
}
OTHER = "Other"
"""A status that begins in another way: the note has it."""

# What ClinGen's expert panel says, in MITOMAP's brackets. MITOMAP qualifies some ratings by a sign.
_RATING = re.compile(r"\s*\[(P|LP|VUS|LB|B)([*+-]?)\]\s*")
RATINGS = {
    "P": "Pathogenic",
    "LP": "Likely pathogenic",
    "VUS": "Uncertain significance",
    "LB": "Likely benign",
    "B": "Benign",
}


@dataclass(frozen=True)
class Association:
    """What MITOMAP says of an allele; empty texts where it says nothing.

    Attributes:
        status: one of MITOMAP's four, or `OTHER`.
        note: what else the status says.
        clingen: the rating of ClinGen's expert panel.
        disease: names, separated by " / ".
        pubmed: ids of the reports.
    """

    status: str
    note: str
    clingen: str
    disease: str
    pubmed: tuple[str, ...]


def associations(
    package: SourcePackage, sequence: str, refusals: list[Refusal]
) -> dict[Allele, Association]:
    """Read the list, with the names as the tables write them."""
    names = DiseaseNames(
        record.info["Disease"] for table in _TABLES for record in package.records(table)
    )
    checked = Checked[Association](_LIST, sequence, refusals)
    for record in package.records(_LIST):
        for number, alt in enumerate(record.alts):
            allele = (record.position, record.ref, alt)
            checked.add(allele, _association(record, number, names))
    found = checked.settled(_agreed)
    _compare_confirmed(package, sequence, found, refusals)
    return found


def read_status(text: str) -> tuple[str, str, str]:
    """Read a status, as `Cfrm [LP], alt locus at 9487del15`: status, note, and ClinGen's rating."""
    rating = _RATING.search(text)
    clingen, rest = "", text
    if rating:
        clingen = RATINGS[rating[1]]
        rest = (text[: rating.start()] + " " + text[rating.end() :]).strip()
    start = next((each for each in _STATUSES if rest.startswith(each)), None)
    note = rest if start is None else rest.removeprefix(start).strip(" ,;:/-")
    notes = [note] if note else []
    if rating and rating[2]:
        notes.append(f"ClinGen's rating is written VUS{rating[2]}")
    return _STATUSES[start] if start else OTHER, "; ".join(notes), clingen


def _association(record: Record, number: int, names: DiseaseNames) -> Association:
    def own(field: str) -> str:
        values = record.info.get(field, "").split(",")
        return values[number] if number < len(values) else ""

    text = own("Disease")
    status, note, clingen = read_status(_spaced(own("DiseaseStatus")))
    ids = tuple(each for each in own("PubmedIDs").split("+") if each.isdecimal())
    return Association(
        status, note, clingen, names.readable(text) or without_hyphens(text), tuple(ids)
    )


def _spaced(status: str) -> str:
    """A status with blanks and commas; the sign of a rating stays."""
    rest, bracket, rating = status.partition("[")
    rating, end, note = rating.partition("]")
    return without_hyphens(rest) + " " + bracket + rating + end + without_hyphens(note)


def _agreed(several: list[Association]) -> Association | None:
    """Of two places of one deletion or insertion, one row only refers to the other."""
    stated = [each for each in several if each.status != OTHER]
    return stated[0] if len(stated) == 1 else None


def _compare_confirmed(
    package: SourcePackage,
    sequence: str,
    found: dict[Allele, Association],
    refusals: list[Refusal],
) -> None:
    """Refuse what the list of confirmed changes contradicts: both must have the same rating."""
    checked = Checked[str](_CONFIRMED, sequence, refusals)
    for record in package.records(_CONFIRMED):
        (alt,) = record.alts
        checked.add((record.position, record.ref, alt), record.info["StatusMitomapClinGen"])
    confirmed = checked.settled(lambda several: several[0] if len(set(several)) == 1 else None)
    for allele, text in confirmed.items():
        _, _, clingen = read_status(text)
        other = found.get(allele)
        if other is None or (other.status, other.clingen) != ("Confirmed", clingen):
            says = f"{other.status} {other.clingen}".strip() if other else "nothing"
            checked.refuse(allele, f"{text} here, {says} in {_LIST}")
            found.pop(allele, None)
