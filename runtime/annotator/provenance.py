"""One header line of an annotated VCF that tells how it was made: all else is derived from that.

A restored result is the VCF alone; with this line its index, Parquet, summary and log can be made
again as they were.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

PREFIX = b"##gas_annotation="


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class InputFacts(_Model):
    """The upload, as the check found it; sizes in bytes, lines and records counted."""

    file_name: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: int
    compression: str
    vcf_version: str
    crlf: bool
    byte_order_mark: bool
    header_lines: int
    records: int
    on_known_contigs: int
    contradicting: int
    blank_lines: int


class ProblemFacts(_Model):
    """An example of an allele that isn't annotated; `line` counts in the upload, from 1."""

    line: int
    contig: str
    position: int
    reason: str


class BundleFacts(_Model):
    """The reference."""

    name: str
    version: str
    assembly: str


class EngineFacts(_Model):
    """The engine, with the options that the bundle sets and the warnings that it printed."""

    version: str
    options: list[str]
    warnings: list[str]


class TagFacts(_Model):
    """The INFO keys; see tags.Tags."""

    consequence: str
    allele: str
    not_annotated: str
    fields: dict[str, str]


class Provenance(_Model):
    """How an annotated VCF was made."""

    format: Literal[1] = 1
    service: str
    input: InputFacts
    bundle: BundleFacts
    engine: EngineFacts
    tags: TagFacts
    problems: list[ProblemFacts]

    def to_line(self) -> bytes:
        """Return the header line, without its end."""
        return PREFIX + self.model_dump_json().encode()

    @classmethod
    def from_header(cls, lines: Iterable[bytes]) -> "Provenance":
        """Read it from the header; the last counts, for the input may be a result itself.

        Raises:
            ValueError: there is none, or a malformed one.
        """
        found = [line for line in lines if line.startswith(PREFIX)]
        if not found:
            raise ValueError("the VCF has no gas_annotation line: it's no result of this service")
        return cls.model_validate_json(found[-1].removeprefix(PREFIX))
