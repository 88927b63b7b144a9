"""Whether an upload was made against the reference that it is to be annotated with.

First by what its header and contigs say (`runtime.vcf.assembly`), then by its REF alleles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from runtime.annotator.bundle import Bundle
from runtime.annotator.errors import InputRejected
from runtime.annotator.header import Header
from runtime.vcf.assemblies import is_mitochondrial
from runtime.vcf.assembly import Detection, detect
from runtime.vcf.assembly_words import (
    assembly_words,
    contradiction,
    disagreement,
    odd_contigs,
)
from runtime.vcf.file_facts import FileFacts, read_facts
from runtime.vcf.ref_alleles import (
    MAX_CONTRADICTIONS,
    MAX_OF_FEW,
    Record,
    agreement_words,
    compare_refs,
    the_one_agreeing,
)

COUNTED_FROM = 50
"""Of fewer records, MAX_OF_FEW may contradict."""

COMPARED_RECORDS = 200
"""The first records, which are compared with each reference that is offered."""


@dataclass
class Gate:
    """Holds a file against the reference that was chosen for it.

    Attributes:
        chosen: the bundle.
        offered: all bundles that are offered, the chosen one among them.
        facts: what the header says.
        first_records: some of its first ones, with plain bases in REF.
        assembly: the file's, and what tells it, in words, once its contigs were checked.
        notes: sentences on what of it is odd, though the file is accepted.
    """

    chosen: Bundle
    offered: Sequence[Bundle]
    header: Header
    facts: FileFacts = field(init=False)
    first_records: list[Record] = field(default_factory=list)
    assembly: str = ""
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts = read_facts(line.decode("utf-8", "replace") for line in self.header.lines)

    @property
    def others(self) -> frozenset[str]:
        """Names that the chosen reference has, but that are other sequences in this file."""
        names = [name.decode() for name in self.chosen.contigs]
        named = [name for name in names if name in self.facts.lengths or is_mitochondrial(name)]
        return frozenset(self._detect(named).others[self._name])

    def look_at(self, records: Iterable[Record]) -> None:
        """Keep the first records."""
        if len(self.first_records) == COMPARED_RECORDS:
            return
        for record in records:
            if len(self.first_records) == COMPARED_RECORDS:
                return
            self.first_records.append(record)

    def check_contigs(self, seen: Iterable[str]) -> None:
        """Check the contigs of all records.

        Raises:
            InputRejected: the file was made against another assembly, which the message names,
                or no record is on a contig that the chosen reference has.
        """
        self.facts.seen = list(seen)
        manifests = [each.manifest for each in self.offered]
        found = self._detect(self.facts.seen)
        if text := contradiction(self.facts, found, manifests, self._name):
            raise InputRejected(text)
        odd = odd_contigs(self.facts, found, self.chosen.manifest)
        left = f"{odd} Its variants were left unannotated." if odd else ""
        self.notes = [text for text in (disagreement(found), left) if text]
        self.assembly = assembly_words(found)

    def check_refs(self, *, contradicting: int, compared: int, first: str) -> None:
        """Check how many records contradict the chosen reference.

        Args:
            contradicting: records whose REF isn't what the reference has there.
            compared: records on contigs that the reference has.
            first: the first that contradicts, in words.

        Raises:
            InputRejected: too many; the message names the reference that they agree with, if one
                that is offered does.
        """
        most = MAX_CONTRADICTIONS if compared >= COUNTED_FROM else MAX_OF_FEW
        if contradicting <= most * compared:
            return
        text = (
            f"The reference alleles contradict {self.chosen.manifest.assembly} in "
            f"{contradicting:,} of {compared:,} records (first at {first}). The file was probably "
            "made against another assembly"
        )
        text += "." if compared >= COUNTED_FROM else ", or its positions or alleles are wrong."
        raise InputRejected(" ".join([text, *self._agreeing()]))

    def _agreeing(self) -> list[str]:
        """Name the other reference offered that the first records agree with, if one does."""
        others = [each for each in self.offered if each is not self.chosen]
        agreements = [
            compare_refs(self.first_records, each.manifest, each.fasta.bases) for each in others
        ]
        one = the_one_agreeing(agreements)
        if one is None:
            return []
        return [f"{agreement_words([one])}. Choose {one.assembly}, which this service offers."]

    @property
    def _name(self) -> str:
        return self.chosen.manifest.name

    def _detect(self, seen: list[str]) -> Detection:
        return detect(replace(self.facts, seen=seen), [each.manifest for each in self.offered])
