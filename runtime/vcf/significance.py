"""Ratings of clinical significance, in ClinVar's terms.

https://www.ncbi.nlm.nih.gov/clinvar/docs/clinsig/
"""

import re

_PATHOGENIC = frozenset({"Pathogenic", "Likely_pathogenic"})
_BETWEEN_RATINGS = re.compile(r"[|/,]")


def is_pathogenic(significance: str) -> bool:
    """Return whether a significance says pathogenic or likely pathogenic.

    "Conflicting_classifications_of_pathogenicity" doesn't.
    """
    return not _PATHOGENIC.isdisjoint(_BETWEEN_RATINGS.split(significance))
