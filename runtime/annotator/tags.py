"""Names of the INFO fields that annotation adds, none of which the input uses for its own."""

import re
from collections.abc import Iterable

from runtime.annotator.bundle import Bundle
from runtime.annotator.provenance import TagFacts

CONSEQUENCE = "BCSQ"
ALLELE = "BCSQ_ALLELE"
NOT_ANNOTATED = "NOT_ANNOTATED"


class TagsInUse:
    """Collects which of some names, plain or with a number behind, occur in a file.

    It looks at the text as a whole, so it may find a name that is no INFO field of the file. That
    costs a number behind our name; to miss one would cost the user's data.
    """

    def __init__(self, bases: Iterable[str]) -> None:
        self._bases = [base.encode() for base in bases]
        # The longer first: BCSQ_ALLELE is not a BCSQ. The number is bounded, and so is `found`.
        names = b"|".join(map(re.escape, sorted(self._bases, key=len, reverse=True)))
        self._pattern = re.compile(rb"(?:%b)(?:_\d{1,4})?\b" % names)
        self.found: set[bytes] = set()

    def look_at(self, text: bytes) -> None:
        """Look for the names in a piece of the file."""
        if any(base in text for base in self._bases):
            self.found.update(self._pattern.findall(text))

    def free(self, base: str) -> str:
        """Return `base`, or `base_2` and so on: the first that the file doesn't hold."""
        name, number = base, 1
        while name.encode() in self.found:
            number += 1
            name = f"{base}_{number}"
        return name


def choose(in_use: TagsInUse, bundle: Bundle) -> TagFacts:
    """Choose the INFO keys for a file that already uses some names."""
    return TagFacts(
        consequence=in_use.free(CONSEQUENCE),
        allele=in_use.free(ALLELE),
        not_annotated=in_use.free(NOT_ANNOTATED),
        fields={field.column: in_use.free(field.tag) for field in bundle.fields},
    )


def definitions(tags: TagFacts, bundle: Bundle, engine: str) -> list[bytes]:
    """Return the header lines that define the keys."""
    source = f'Source="{bundle.manifest.name}",Version="{bundle.manifest.version}"'
    # `bcftools +split-vep -a BCSQ` takes the names from what follows "Format: ".
    columns = "Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change"
    consequences = (
        f"Consequences by {engine} csq, mitochondrial start codons and polyadenylated stop codons "
        f"corrected. Format: {columns}"
    )
    of_each = f"each {tags.consequence}"
    described = [
        (tags.consequence, ".", "String", consequences),
        (tags.allele, ".", "Integer", f"Of several ALT alleles, which (from 1) {of_each} is of"),
        (tags.not_annotated, ".", "String", "For each ALT allele why it is not annotated, or ."),
    ]
    described += [
        (tags.fields[field.column], "A", "String", field.description) for field in bundle.fields
    ]
    return [
        f'##INFO=<ID={name},Number={number},Type={kind},Description="{text}",{source}>'.encode()
        for name, number, kind, text in described
    ]
