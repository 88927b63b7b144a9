"""What terms of clinical significance say: by a list, never by what a text contains."""

import pytest

from runtime.vcf.significance import Significance, is_pathogenic, significance_of

TERMS = {
    "Pathogenic": Significance.PATHOGENIC,
    "Pathogenic/Likely_pathogenic": Significance.PATHOGENIC,
    "Pathogenic,_low_penetrance": Significance.PATHOGENIC,
    "Likely pathogenic": Significance.LIKELY_PATHOGENIC,
    "Likely_pathogenic|drug_response": Significance.LIKELY_PATHOGENIC,
    "Conflicting_classifications_of_pathogenicity": Significance.CONFLICTING,
    "Conflicting_interpretations_of_pathogenicity|_other": Significance.CONFLICTING,
    "Uncertain_significance": Significance.UNCERTAIN,
    "Uncertain_significance/Uncertain_risk_allele": Significance.RISK,
    "risk_factor": Significance.RISK,
    "Benign|drug_response": Significance.DRUG_RESPONSE,
    "Benign/Likely_benign": Significance.LIKELY_BENIGN,
    "Benign": Significance.BENIGN,
    "not_provided": Significance.OTHER,
    "Non-pathogenic": Significance.OTHER,
    "pathogenicity_unknown": Significance.OTHER,
    "": Significance.OTHER,
}


@pytest.mark.parametrize("text", TERMS)
def test_should_say_what_the_most_important_listed_term_says(text: str) -> None:
    assert significance_of(text) is TERMS[text]


def test_should_call_pathogenic_only_what_says_pathogenic_or_likely_pathogenic() -> None:
    found = {said for text, said in TERMS.items() if is_pathogenic(text)}
    assert found == {Significance.PATHOGENIC, Significance.LIKELY_PATHOGENIC}
