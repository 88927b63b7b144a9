"""Identifiers of genes and transcripts."""

import re
from collections.abc import Mapping

_VERSION = re.compile(r"\.\d+$")


def without_version(identifier: str) -> str:
    """Return ENSG00000012048.23 as ENSG00000012048; what has no version stays as it is."""
    return _VERSION.sub("", identifier)


MITOCHONDRIAL_PREFIX = "MT-"
"""Of symbols that are often written without it: ND1 is MT-ND1."""


def known_symbol(written: str, symbols: Mapping[str, str]) -> str | None:
    """Return the symbol that is meant, as MT-ND1 by nd1; None where there is none.

    TF is transferrin where the reference has it, and else MT-TF.

    Args:
        written: in any case, with or without a mitochondrial gene's prefix.
        symbols: the reference's, by their upper case.
    """
    upper = written.upper()
    return symbols.get(upper) or symbols.get(MITOCHONDRIAL_PREFIX + upper)
