"""The reference bundle as the pages need it: names and lengths of contigs, genes, the files.

The annotator checks a bundle's every file (`runtime.annotator.bundle`); this reads what it has
checked, and only when it is asked for: the manifest at the start, the genes at their first use.
"""

import gzip
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from runtime.common.manifest import FILE_NAME, Contig, Manifest


class ReferenceUnreadable(Exception):
    """The bundle's folder or manifest can't be read: the operator's business."""


@dataclass(frozen=True)
class Gene:
    """A gene of the bundle; `start` and `end` count from 1, both inside; `strand` is + or -."""

    name: str
    biotype: str
    contig: str
    start: int
    end: int
    strand: str


@dataclass(frozen=True)
class Reference:
    """A bundle's folder, and what its manifest says."""

    folder: Path
    manifest: Manifest

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the manifest of the bundle in `folder`.

        Raises:
            ReferenceUnreadable: it isn't there, or isn't a manifest; the message names the file.
        """
        path = folder / FILE_NAME
        try:
            return cls(folder, Manifest.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            raise ReferenceUnreadable(f"{path} can't be read: {error}") from error

    @cached_property
    def contigs(self) -> dict[str, Contig]:
        """The contigs by name and by each alias."""
        return {
            name: contig
            for contig in self.manifest.contigs
            for name in (contig.name, *contig.aliases)
        }

    def contig(self, name: str) -> Contig | None:
        """Return the contig that goes by a name, in any case."""
        return self.contigs.get(name) or self._in_lower_case.get(name.lower())

    @cached_property
    def _in_lower_case(self) -> dict[str, Contig]:
        return {name.lower(): contig for name, contig in self.contigs.items()}

    @cached_property
    def genes(self) -> tuple[Gene, ...]:
        """The genes, in the order of the GFF3 file."""
        with gzip.open(self.folder / self.manifest.genes, "rt", encoding="utf-8") as lines:
            return tuple(
                _gene(line.rstrip("\n").split("\t"))
                for line in lines
                if not line.startswith("#") and "\tID=gene:" in line
            )


def _gene(columns: list[str]) -> Gene:
    contig, _, _, start, end, _, strand, _, text = columns
    attributes = dict(pair.split("=", 1) for pair in text.split(";") if "=" in pair)
    name = attributes["ID"].removeprefix("gene:")
    return Gene(
        name=attributes.get("Name", name),
        biotype=attributes.get("biotype", ""),
        contig=contig,
        start=int(start),
        end=int(end),
        strand=strand,
    )
