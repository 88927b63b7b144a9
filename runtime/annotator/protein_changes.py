"""Changes of proteins in HGVS's notation, from the residues that `bcftools csq` names.

https://hgvs-nomenclature.org. What is inserted is shifted to the C-terminal end and may be a
duplication; what is deleted isn't shifted.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from runtime.vcf.amino_acids import THREE_LETTERS

# 2P, 2PM>2L, 121ARYY..1050>121ARY*: position and residues before and after, perhaps abbreviated.
_AMINO_ACIDS = re.compile(r"(\d+)([A-Z*]+)(?:\.\.\d+)?(?:>\d+([A-Z*]+)(?:\.\.\d+)?)?")


def _common_prefix(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


Residue = Callable[[int], str | None]
"""Gives a protein's residue by its number, from 1; None where it isn't known."""


def protein_change(names: tuple[str, ...], amino_acids: str, residue: Residue) -> str | None:
    """Describe a change of the protein, such as p.Met1Thr.

    Args:
        names: csq's names of the consequence, such as missense.
        amino_acids: csq's residues, such as 1M>1T.
        residue: the protein's residues. An insertion is named by the two around it: where they
            aren't known it has no notation.

    Returns:
        None where csq names no residues, and where what it names isn't enough.
    """
    match = _AMINO_ACIDS.fullmatch(amino_acids)
    if match is None:
        return None
    start, before, after = int(match[1]), match[2], match[3]
    if start == 1:
        # Whatever the first codon codes for elsewhere, translation starts with methionine.
        before = f"M{before[1:]}"
    return _notation(names, _Protein(start, before, residue), after or before)


class _Protein(NamedTuple):
    """The residues that the engine names, and those around them."""

    start: int
    before: str
    residue: Residue

    def known(self) -> Residue:
        """All residues, where the engine agrees about those that it names; else these alone."""
        named = dict(enumerate(self.before, self.start))
        agreed = all(self.residue(number) == letter for number, letter in named.items())
        return self.residue if agreed else named.get


def _notation(names: tuple[str, ...], protein: _Protein, after: str) -> str | None:
    start, before, _ = protein
    if "start_lost" in names:
        return "p.Met1?"
    if "stop_lost" in names:
        return _extension(start, before, after, shifted="frameshift" in names)
    if "frameshift" in names:
        return _frameshift(start, before, after)
    if before == after:
        return f"p.{_span(start, before)}="
    return _substitution(protein, after)


def _frameshift(start: int, before: str, after: str) -> str:
    same = _common_prefix(before, after)
    if same == len(before) or same == len(after):
        # Abbreviated before the first residue that differs.
        return f"p.{_named(before[same - 1])}{start + same - 1}fs"
    changed = f"p.{_named(before[same])}{start + same}{_named(after[same])}"
    if after[same] == "*":
        return changed
    stop = after.find("*", same)
    return f"{changed}fsTer{stop - same + 1 if stop >= 0 else '?'}"


def _extension(start: int, before: str, after: str, *, shifted: bool) -> str | None:
    stop = before.find("*")
    if stop < 0 or stop >= len(after):
        if shifted:
            # What the new reading frame has in place of the stop isn't told.
            return None
        return f"p.{_span(start, before)}delins{''.join(map(_named, after))}"
    return f"p.Ter{start + stop}{_named(after[stop])}extTer?"


def _substitution(protein: _Protein, after: str) -> str | None:
    start, before, _ = protein
    if len(before) == len(after) == 1:
        return f"p.{_named(before)}{start}{_named(after)}"
    after = after[: after.find("*") + 1] or after
    if before == after:
        return f"p.{_span(start, before)}="
    same = _common_prefix(before, after)
    same_end = _common_prefix(before[same:][::-1], after[same:][::-1])
    if same + same_end == len(before):
        return _insertion(protein, start + same - 1, after[same : len(after) - same_end])
    start, before, after = _trimmed_residues(start, before, after)
    if len(before) == len(after) == 1:
        return f"p.{_span(start, before)}{_named(after)}"
    if not after:
        return f"p.{_span(start, before)}del"
    return f"p.{_span(start, before)}delins{''.join(map(_named, after))}"


def _insertion(protein: _Protein, left: int, inserted: str) -> str | None:
    """Name residues that come after residue `left`, as far to the end as they may be said to.

    https://hgvs-nomenclature.org/stable/recommendations/protein/insertion/
    """
    at = protein.known()
    while "*" not in inserted and at(left + 1) == inserted[0]:
        left, inserted = left + 1, inserted[1:] + inserted[0]
    first = left - len(inserted) + 1
    if all(at(number) == letter for number, letter in enumerate(inserted, first)):
        return f"p.{_span(first, inserted)}dup"
    around = at(left), at(left + 1)
    if around[1] is None or around[1] == "*":
        return None
    if inserted[0] == "*":
        return f"p.{_named(around[1])}{left + 1}Ter"
    if around[0] is None:
        return None
    return f"p.{_span(left, around[0] + around[1])}ins{''.join(map(_named, inserted))}"


def _trimmed_residues(start: int, before: str, after: str) -> tuple[int, str, str]:
    """Cut off what both have in common, but leave a residue of `before` to stand on."""
    count = min(_common_prefix(before, after), len(before) - 1)
    start, before, after = start + count, before[count:], after[count:]
    if len(before) == 1:
        return start, before, after
    count = min(_common_prefix(before[::-1], after[::-1]), len(before) - 1)
    return (start, before[:-count], after[:-count]) if count else (start, before, after)


def _span(start: int, residues: str) -> str:
    first = f"{_named(residues[0])}{start}"
    if len(residues) == 1:
        return first
    return f"{first}_{_named(residues[-1])}{start + len(residues) - 1}"


def _named(residue: str) -> str:
    return THREE_LETTERS.get(residue, "Xaa")
