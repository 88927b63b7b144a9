"""MitoTIP's scores of changes in tRNA genes."""

from reference.rcrs.mitotip import interpretation
from reference.rcrs.mity.alleles import Checked, Refusal
from reference.rcrs.mity.sdist import SourcePackage
from runtime.vcf.normalization import Allele

_LIST = "mitotip_scores"

_DELETED = ":"
"""What the list writes for ALT where the base is deleted."""


def scores(package: SourcePackage, sequence: str, refusals: list[Refusal]) -> dict[Allele, str]:
    """Read the list: each interpretation must be the one that MitoTIP's thresholds give.

    In a run of equal bases, deleting any of them is the same allele, and has a score for each.
    """
    checked = Checked[str](_LIST, sequence, refusals)
    for record in package.records(_LIST):
        (alt,) = record.alts
        allele = (record.position, record.ref, alt)
        if alt == _DELETED:
            before = sequence[record.position - 2]
            allele = (record.position - 1, before + record.ref, before)
        score = record.info["MitoTip_score"]
        stated = record.info["MitoTip_score_interpretation"].replace("-", " ")
        if (own := interpretation(float(score))).lower() != stated:
            checked.refuse(allele, f"{score} is {own} by the thresholds, and not {stated}")
            continue
        checked.add(allele, score)
    return checked.settled(lambda several: several[0] if len(set(several)) == 1 else None)
