"""Identifiers of genes and transcripts."""

import re

_VERSION = re.compile(r"\.\d+$")


def without_version(identifier: str) -> str:
    """Return ENSG00000012048.23 as ENSG00000012048; what has no version stays as it is."""
    return _VERSION.sub("", identifier)
