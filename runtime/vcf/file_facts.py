"""What a VCF's header says of the assembly that it was made against."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

UNKNOWN_LENGTH = 2**31 - 1
"""What some tools write as the length of a contig whose length they don't know."""

MOST_CHARACTERS = 10_000
"""Of a line that are read. The file comes from a stranger: what is read of it is bounded."""

MOST_ASSEMBLIES = 100
"""Distinct values of `assembly=` that are kept."""

_CONTIG = "##contig=<"
_REFERENCE = "##reference="
_ID, _LENGTH, _ASSEMBLY = (
    re.compile(rf'(?:^|,)\s*{key}=("[^"]*"|[^,]*)', re.IGNORECASE)
    for key in ("ID", "length", "assembly")
)
_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass
class FileFacts:
    """What a file says of its contigs.

    Attributes:
        lengths: by the names of ##contig lines, in their order; 0 where none is stated.
        assemblies: distinct values of `assembly=`.
        reference: the value of ##reference.
        seen: contigs of its records, in their order.
    """

    lengths: dict[str, int] = field(default_factory=dict)
    assemblies: list[str] = field(default_factory=list)
    reference: str = ""
    seen: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """All names of contigs, those of records first."""
        return list(dict.fromkeys([*self.seen, *self.lengths]))


def read_facts(header: Iterable[str], seen: Iterable[str] = ()) -> FileFacts:
    """Read the ##contig and ##reference lines of a header; `seen` are contigs of records."""
    facts = FileFacts(seen=list(dict.fromkeys(seen)))
    for line in header:
        text = line[:MOST_CHARACTERS].rstrip()
        if text[: len(_CONTIG)].lower() == _CONTIG:
            _read_contig(text[len(_CONTIG) :].removesuffix(">"), facts)
        elif text.startswith(_REFERENCE) and not facts.reference:
            facts.reference = text.removeprefix(_REFERENCE).strip()
    return facts


def _read_contig(text: str, facts: FileFacts) -> None:
    name, length, assembly = (_value(text, key) for key in (_ID, _LENGTH, _ASSEMBLY))
    if name:
        stated = int(length) if _NUMBER.fullmatch(length) else 0
        facts.lengths[name] = stated if stated < UNKNOWN_LENGTH else 0
    known = len(facts.assemblies) == MOST_ASSEMBLIES or assembly in facts.assemblies
    if assembly and not known:
        facts.assemblies.append(assembly)


def _value(text: str, key: re.Pattern[str]) -> str:
    match = key.search(text)
    return match[1].replace('"', "").strip() if match else ""
