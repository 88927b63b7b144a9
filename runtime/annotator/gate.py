"""Whether an upload was made against the reference that it is to be annotated with.

First by what its header and contigs say (`runtime.vcf.assembly`), then by its REF alleles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from runtime.annotator.bundle import Bundle
from runtime.annotator.errors import InputRejected
from runtime.annotator.header import Header
from runtime.vcf.assemblies import is_mitochondrial
from runtime.vcf.assembly import Detection, detect
from runtime.vcf.assembly_words import contradiction, disagreement, odd_contigs
from runtime.vcf.file_facts import FileFacts, read_facts

MAX_CONTRADICTIONS = 0.1
"""Share of the records on known contigs whose REF may contradict the reference."""

COUNTED_FROM = 50
"""Of fewer records, half may: a wrong one of three says nothing of the assembly."""

MAX_OF_FEW = 0.5

COMPARED_RECORDS = 200
"""The first records, which are compared with each reference that is offered."""


@dataclass(frozen=True)
class Record:
    """A record as the file has it."""

    contig: str
    position: int
    ref: str


@dataclass
class Gate:
    """Holds a file against the reference that was chosen for it.

    Attributes:
        chosen: the bundle.
        offered: all bundles that are offered, the chosen one among them.
        facts: what the header says.
        first_records: some of its first ones, with plain bases in REF.
    """

    chosen: Bundle
    offered: Sequence[Bundle]
    header: Header
    facts: FileFacts = field(init=False)
    first_records: list[Record] = field(default_factory=list)

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

    def notes(self) -> list[str]:
        """Say what of the file's assembly is odd, though it is accepted."""
        found = self._detect(self.facts.seen)
        odd = odd_contigs(self.facts, found, self.chosen.manifest)
        left = f"{odd} Its variants were left unannotated." if odd else ""
        return [text for text in (disagreement(found), left) if text]

    def assembly(self) -> str:
        """Say which assembly the file was made against, and what tells it."""
        found = self._detect(self.facts.seen)
        if not found.evidence:
            return "not stated in the file"
        return f"{found.assembly}: {found.evidence[0].words}"

    def _agreeing(self) -> list[str]:
        """Name the other references offered that the first records agree with."""
        sentences = []
        for bundle in self.offered:
            agreeing, compared = compare_refs(self.first_records, bundle)
            if bundle is not self.chosen and agreeing > (1 - MAX_CONTRADICTIONS) * compared:
                sentences.append(
                    f"{agreeing:,} of the first {compared:,} agree with "
                    f"{bundle.manifest.assembly}, which this service offers: choose it."
                )
        return sentences

    @property
    def _name(self) -> str:
        return self.chosen.manifest.name

    def _detect(self, seen: list[str]) -> Detection:
        facts = FileFacts(self.facts.lengths, self.facts.assemblies, self.facts.reference, seen)
        return detect(facts, [each.manifest for each in self.offered])


def compare_refs(records: Iterable[Record], bundle: Bundle) -> tuple[int, int]:
    """Return how many records agree with a reference, and how many are on its contigs."""
    agreeing = compared = 0
    for record in records:
        contig = bundle.contigs.get(record.contig.encode())
        if contig is None:
            continue
        compared += 1
        found = bundle.fasta.bases(contig.name, record.position, len(record.ref))
        agreeing += found == record.ref.upper().encode()
    return agreeing, compared
