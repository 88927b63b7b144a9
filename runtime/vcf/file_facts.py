"""What a VCF's header says of the assembly that it was made against."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

UNKNOWN_LENGTH = 2**31 - 1
"""What some tools write as the length of a contig whose length they don't know."""

_CONTIG = re.compile(r"##contig=<(.*?)>?\s*", re.IGNORECASE)
_REFERENCE = "##reference="


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
        contig = _CONTIG.fullmatch(line)
        if contig:
            _read_contig(contig[1], facts)
        elif line.startswith(_REFERENCE) and not facts.reference:
            facts.reference = line.removeprefix(_REFERENCE).strip()
    return facts


def _read_contig(text: str, facts: FileFacts) -> None:
    name, length, assembly = (_value(text, key) for key in ("ID", "length", "assembly"))
    if name:
        stated = int(length) if re.fullmatch(r"[0-9]{1,10}", length) else 0
        facts.lengths[name] = stated if stated < UNKNOWN_LENGTH else 0
    if assembly and assembly not in facts.assemblies:
        facts.assemblies.append(assembly)


def _value(text: str, key: str) -> str:
    match = re.search(rf'(?:^|,)\s*{key}=("[^"]*"|[^,]*)', text, re.IGNORECASE)
    return match[1].replace('"', "").strip() if match else ""
