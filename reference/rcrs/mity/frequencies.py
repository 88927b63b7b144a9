"""MITOMAP's counts of alleles in GenBank, and the haplogroups in which they are frequent."""

from dataclasses import dataclass

from reference.rcrs.mitomap import GENBANK_SEQUENCES
from reference.rcrs.mity.alleles import Checked, Refusal
from reference.rcrs.mity.sdist import Record, SourcePackage
from runtime.vcf.normalization import Allele

_LISTS = ("mitomap_polymorphisms", "mitomap_disease")
"""Of most alleles either list has the count: the first leaves out what the second has."""

_PERCENT_DIGITS = 0.5e-4
"""The lists give percent with four digits behind the point."""


@dataclass(frozen=True)
class Frequency:
    """Sequences with an allele, and the haplogroups of half of whose sequences or more have it.

    `note` says where the count is only the least that it can be.
    """

    count: int
    haplogroups: tuple[str, ...]
    note: str = ""


def frequencies(
    package: SourcePackage, sequence: str, refusals: list[Refusal]
) -> dict[Allele, Frequency]:
    """Read the lists: each count must agree with its percentage, and with the other list."""
    first, second = (_of_list(package, sequence, refusals, name) for name in _LISTS)
    for allele in first.keys() & second.keys():
        if first[allele].count != second[allele].count:
            Checked[Frequency](_LISTS[0], sequence, refusals).refuse(
                allele, f"{first[allele].count} here, {second[allele].count} in {_LISTS[1]}"
            )
            del first[allele], second[allele]
    return dict(sorted((second | first).items()))


def _of_list(
    package: SourcePackage, sequence: str, refusals: list[Refusal], name: str
) -> dict[Allele, Frequency]:
    checked = Checked[Frequency](name, sequence, refusals)
    for record in package.records(name):
        for number, alt in enumerate(record.alts):
            _add(checked, record, number, alt)
    return checked.settled(_agreed)


def _add(checked: Checked[Frequency], record: Record, number: int, alt: str) -> None:
    allele = (record.position, record.ref, alt)
    count = int(record.info["AC"].split(",")[number])
    percent = float(record.info["AF"].split(",")[number])
    if abs(100 * count / GENBANK_SEQUENCES - percent) > _PERCENT_DIGITS:
        checked.refuse(allele, f"{count} of {GENBANK_SEQUENCES} isn't {percent} %")
        return
    given = record.info.get("HGFL", "")
    several = given.split(",") if given else [""] * len(record.alts)
    groups = [group.partition(":")[0] for group in several[number].strip(".").split("|") if group]
    checked.add(allele, Frequency(count, tuple(groups)))


def _agreed(several: list[Frequency]) -> Frequency:
    """Several spellings of one allele may have one count. Two counts can't be added up: nobody says
    whether they are of the same sequences. The larger one is the least that it can be."""
    counted = sorted((each for each in several if each.count), key=lambda each: -each.count)
    if len(counted) < 2:
        return counted[0] if counted else several[0]
    numbers = " and ".join(str(each.count) for each in counted)
    groups = dict.fromkeys(group for each in counted for group in each.haplogroups)
    return Frequency(
        counted[0].count,
        tuple(groups),
        f"at least: MITOMAP counts it as {numbers} by two spellings",
    )
