"""Clinical significance: what its terms mean, by an explicit list, and how much each matters.

The terms are those of ClinVar and of ClinGen's ratings. A term that isn't listed is OTHER: nothing
is judged by what a text contains.
https://www.ncbi.nlm.nih.gov/clinvar/docs/clinsig/
"""

import re
from enum import StrEnum


class Significance(StrEnum):
    """What a term says, the most important first."""

    PATHOGENIC = "pathogenic"
    LIKELY_PATHOGENIC = "likely-pathogenic"
    CONFLICTING = "conflicting"
    RISK = "risk"
    DRUG_RESPONSE = "drug-response"
    UNCERTAIN = "uncertain"
    OTHER = "other"
    LIKELY_BENIGN = "likely-benign"
    BENIGN = "benign"


_TERMS = {
    "pathogenic": Significance.PATHOGENIC,
    "likely_pathogenic": Significance.LIKELY_PATHOGENIC,
    "conflicting_classifications_of_pathogenicity": Significance.CONFLICTING,
    "conflicting_interpretations_of_pathogenicity": Significance.CONFLICTING,
    "established_risk_allele": Significance.RISK,
    "likely_risk_allele": Significance.RISK,
    "uncertain_risk_allele": Significance.RISK,
    "risk_factor": Significance.RISK,
    "drug_response": Significance.DRUG_RESPONSE,
    "confers_sensitivity": Significance.DRUG_RESPONSE,
    "uncertain_significance": Significance.UNCERTAIN,
    "likely_benign": Significance.LIKELY_BENIGN,
    "benign": Significance.BENIGN,
}
_BETWEEN_TERMS = re.compile(r"[|/,;&]")

RANKS = {each: rank for rank, each in enumerate(Significance)}
"""How important each is, 0 for the most important."""


def significance_of(text: str) -> Significance:
    """Return what a value says; of several terms, the most important.

    "Pathogenic/Likely_pathogenic" is pathogenic, "Benign|drug_response" is a drug response. What
    qualifies a term, as in "Pathogenic,_low_penetrance", doesn't count.
    """
    words = (part.strip(" _").replace(" ", "_").lower() for part in _BETWEEN_TERMS.split(text))
    found = [_TERMS[word] for word in words if word in _TERMS]
    return min(found, key=RANKS.__getitem__, default=Significance.OTHER)


def is_pathogenic(text: str) -> bool:
    """Return whether a value says pathogenic or likely pathogenic."""
    return significance_of(text) in (Significance.PATHOGENIC, Significance.LIKELY_PATHOGENIC)
