"""Checks the alleles of a list against the sequence, and rows of one allele against each other."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from runtime.vcf.normalization import Allele, normalized

_BASES = frozenset("ACGT")
Fact = TypeVar("Fact")


@dataclass(frozen=True)
class Refusal:
    """A row that isn't carried over: its list, what it says, and why."""

    source: str
    row: str
    reason: str


@dataclass
class Checked(Generic[Fact]):
    """The facts of a list, by their alleles' one form, and what was refused.

    Attributes:
        source: name of the list.
        sequence: the reference, from position 1 on.
    """

    source: str
    sequence: str
    refusals: list[Refusal]
    _found: dict[Allele, list[tuple[Allele, Fact]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, allele: Allele, fact: Fact) -> None:
        """Take a fact, or refuse it because the allele contradicts the sequence."""
        position, ref, alt = allele
        there = self.sequence[position - 1 : position - 1 + len(ref)]
        if not ref or set(ref) - _BASES:
            self.refuse(allele, "REF has other letters than bases")
        elif ref != there:
            self.refuse(allele, f"REF contradicts the sequence, which has {there}")
        elif not alt or set(alt) - _BASES:
            self.refuse(allele, "ALT has other letters than bases")
        elif ref == alt:
            self.refuse(allele, "ALT is the same as REF")
        else:
            form = normalized(allele, self._bases, len(self.sequence))
            if set(form[1] + form[2]) - _BASES:
                self.refuse(allele, "left-aligned it stands beside a base that isn't known")
            else:
                self._found[form].append((allele, fact))

    def settled(self, agreed: Callable[[list[Fact]], Fact | None]) -> dict[Allele, Fact]:
        """Return one fact for each allele, sorted.

        Args:
            agreed: what several facts of one allele say together; None where they contradict each
                other: then all of them are refused.
        """
        facts = {}
        for form in sorted(self._found):
            rows = self._found[form]
            fact = rows[0][1] if len(rows) == 1 else agreed([each for _, each in rows])
            if fact is not None:
                facts[form] = fact
                continue
            for allele, _ in rows:
                self.refuse(allele, f"other rows of the same allele ({_name(form)}) disagree")
        return facts

    def refuse(self, allele: Allele, reason: str) -> None:
        """Note a row that isn't carried over."""
        self.refusals.append(Refusal(self.source, _name(allele), reason))

    def _bases(self, position: int, count: int) -> str:
        return self.sequence[position - 1 : position - 1 + count]


def _name(allele: Allele) -> str:
    position, ref, alt = allele
    return f"{position} {ref}>{alt}"
