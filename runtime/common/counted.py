"""Counts with their nouns, as all pages, logs and commands say them."""


def counted(count: int, noun: str) -> str:
    """Return "1 allele" or "2,000 alleles"; `noun` is in the singular, and takes an s."""
    return f"{count:,} {plural(noun, count)}"


def plural(noun: str, count: int) -> str:
    """Return the noun alone, as it follows a count."""
    return noun if count == 1 else f"{noun}s"
