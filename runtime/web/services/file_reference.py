"""Which of the references that are offered a file is to be annotated with, by its beginning.

For programs, which send what tells it: the rules are those of the annotator and the upload page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.common.reference import Reference
from runtime.common.references import References, not_offered
from runtime.vcf.assembly import detect
from runtime.vcf.fasta import FastaIndex, bases_of
from runtime.vcf.file_facts import FileFacts
from runtime.vcf.ref_alleles import (
    Agreement,
    Bases,
    Record,
    agreement_words,
    compare_refs,
    has_plain_bases,
)
from runtime.vcf.reference_choice import Choice, choose
from runtime.web.services.reference_files import ReferenceFiles
from runtime.web.services.upload_service import ReferenceNotOffered

COMPARED_RECORDS = 20
"""The first records whose REF is compared, as on the upload page."""

_TEXT = "text/plain"


@dataclass(frozen=True)
class FoundReference:
    """What was found.

    Attributes:
        choice: the reference, how the file stands, and why.
        fitting: names of the references that have the file's contigs.
        agreement: how many REF alleles agree with each, in words; "" where none was compared.
    """

    choice: Choice
    fitting: tuple[str, ...]
    agreement: str


@dataclass(frozen=True)
class FileReference:
    """Finds a file's reference."""

    references: References
    files: ReferenceFiles

    def find(
        self, facts: FileFacts, records: Sequence[Record], *, chosen: str, complete: bool
    ) -> FoundReference:
        """Find the reference of a file, or check the one that was chosen.

        REF alleles are compared only where the header doesn't tell the assembly.

        Args:
            facts: of its header, and the contigs of its first records.
            records: its first records.
            chosen: the name of a reference; empty if none was chosen.
            complete: whether that is the whole file.

        Raises:
            ReferenceNotOffered: the chosen one isn't.
        """
        if chosen and self.references.get(chosen) is None:
            raise ReferenceNotOffered(not_offered(chosen, self.references.names))
        offered = [each.manifest for each in self.references]
        found = detect(facts, offered)
        compared = [each for each in self.references if each.name in found.fits]
        agreements = [] if found.evidence else [self._compare(records, each) for each in compared]
        choice = choose(facts, offered, chosen, complete=complete, agreements=agreements)
        return FoundReference(choice, tuple(found.fits), agreement_words(agreements))

    def _compare(self, records: Sequence[Record], reference: Reference) -> Agreement:
        plain = [record for record in records if has_plain_bases(record)][:COMPARED_RECORDS]
        return compare_refs(plain, reference.manifest, self._bases_of(reference))

    def _bases_of(self, reference: Reference) -> Bases:
        fasta = reference.manifest.fasta
        index: list[FastaIndex] = []  # read only if a record is compared

        def bases(contig: str, position: int, count: int) -> bytes:
            if not index:
                index.append(FastaIndex(self._read(reference, f"{fasta}.fai").decode()))
            first, end = index[0].span(contig, position, count)
            return bases_of(self._read(reference, fasta, first, end)) if end > first else b""

        return bases

    def _read(
        self, reference: Reference, name: str, first: int = 0, end: int | None = None
    ) -> bytes:
        """Read a file, or the bytes from `first` to before `end`: from the disk, else from S3."""
        path = reference.folder / name
        if path.exists():
            with path.open("rb") as file:
                file.seek(first)
                return file.read(-1 if end is None else end - first)
        byte_range = "" if end is None else f"bytes={first}-{end - 1}"
        return self.files.read_part(reference, name, byte_range, _TEXT).content()
