"""What tells a file's reference, and the one that was found."""

from typing import Annotated

from pydantic import Field, StringConstraints

from runtime.vcf.file_facts import MOST_ASSEMBLIES, UNKNOWN_LENGTH, FileFacts
from runtime.vcf.ref_alleles import Record
from runtime.vcf.reference_choice import Level
from runtime.web.api.models.base import Answer, Body
from runtime.web.services.file_reference import COMPARED_RECORDS, FoundReference

MOST_CONTIGS = 200

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class FileContig(Body):
    """A ##contig line."""

    name: Name
    length: int = Field(default=0, ge=0, lt=UNKNOWN_LENGTH, description="0 where none is stated.")


class FileRecord(Body):
    """A record of the file."""

    contig: Name
    position: int = Field(ge=1)
    ref: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,100}$")]


class FileStart(Body):
    """The beginning of a VCF file."""

    contigs: Annotated[list[FileContig], Field(max_length=MOST_CONTIGS)] = Field(
        default_factory=list, description="Of the header, in its order."
    )
    assemblies: Annotated[list[Name], Field(max_length=MOST_ASSEMBLIES)] = Field(
        default_factory=list, description="Distinct values of assembly= in ##contig lines."
    )
    reference_line: Annotated[str, StringConstraints(max_length=1000)] = Field(
        default="", description="The value of ##reference."
    )
    seen: Annotated[list[Name], Field(max_length=MOST_CONTIGS)] = Field(
        default_factory=list, description="Contigs of the records, in their order."
    )
    records: Annotated[list[FileRecord], Field(max_length=COMPARED_RECORDS)] = Field(
        default_factory=list, description="The first ones, of which REF is plain bases."
    )
    complete: bool = Field(default=False, description="Whether this is all of the file.")
    chosen: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="A reference to check; without it, one is found."
    )

    @property
    def facts(self) -> FileFacts:
        """What the file says of its contigs."""
        lengths = {each.name: each.length for each in self.contigs}
        return FileFacts(lengths, list(self.assemblies), self.reference_line, list(self.seen))

    @property
    def first_records(self) -> list[Record]:
        """The records."""
        return [Record(each.contig, each.position, each.ref) for each in self.records]


class ReferenceFound(Answer):
    """The reference of a file."""

    reference: str | None = Field(description="Its name; null where a person has to choose.")
    level: Level = Field(
        description="good; warn: something is odd or stays unannotated; open: it has to be chosen; "
        "stop: the file is certain to be refused with this reference."
    )
    assembly: str = Field(description="The file's assembly, and what tells it, in words.")
    text: str = Field(description="Why, in sentences; empty when all is well.")
    fitting: list[str] = Field(description="References that have the file's contigs.")
    agreement: str = Field(description="How many REF alleles agree with each, in words.")

    @classmethod
    def of(cls, found: FoundReference) -> "ReferenceFound":
        """Return what is answered of it."""
        choice = found.choice
        return cls(
            reference=choice.reference or None,
            level=choice.level,
            assembly=choice.assembly,
            text=choice.text,
            fitting=list(found.fitting),
            agreement=found.agreement,
        )
