"""An oracle for alleles: the sequence that one makes."""

Allele = tuple[int, str, str]
"""POS, REF and ALT."""


def changed(sequence: str, allele: Allele) -> str:
    """The sequence with the allele in place of REF."""
    position, ref, alt = allele
    assert sequence[position - 1 :].startswith(ref)
    return sequence[: position - 1] + alt + sequence[position - 1 + len(ref) :]
