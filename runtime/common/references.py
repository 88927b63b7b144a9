"""The references that a stage offers, as the boot script installs them on an instance.

The folder holds a bundle each under its name, and `offered.json`: which, from where, in the
stage's order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from runtime.common.manifest import Label, Manifest
from runtime.common.reference import Reference, ReferenceUnreadable

CATALOGUE = "offered.json"


class Offered(BaseModel):
    """A reference by the name in its manifest, and the S3 URI that it came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Label
    source: str


_OFFERED = TypeAdapter(Annotated[list[Offered], Field(min_length=1)])


def write_catalogue(folder: Path, offered: list[Offered]) -> None:
    """Write which references are in `folder`; the first is the default."""
    (folder / CATALOGUE).write_bytes(_OFFERED.dump_json(offered, indent=2) + b"\n")


def read_catalogue(folder: Path) -> list[Offered]:
    """Return which references are in `folder`; the first is the default.

    Raises:
        ReferenceUnreadable: the catalogue isn't there, or isn't one; the message names the file.
    """
    path = folder / CATALOGUE
    try:
        return _OFFERED.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ReferenceUnreadable(f"{path} can't be read: {error}") from error


@dataclass(frozen=True)
class References:
    """The offered references by name, in the stage's order: one at least."""

    by_name: dict[str, Reference]

    @classmethod
    def of(cls, references: Iterable[Reference]) -> Self:
        """Return a catalogue of these references, in this order."""
        return cls({reference.name: reference for reference in references})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the catalogue and the manifests in `folder`.

        Raises:
            ReferenceUnreadable: naming what isn't there, or is wrong.
        """
        return cls.of(
            Reference.load(folder / each.name, source=each.source)
            for each in read_catalogue(folder)
        )

    def __iter__(self) -> Iterator[Reference]:
        return iter(self.by_name.values())

    @property
    def default(self) -> Reference:
        """The reference of uploads that name none: the first."""
        return next(iter(self))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the references, the default first."""
        return tuple(self.by_name)

    def get(self, name: str) -> Reference | None:
        """Return the reference of a name; None where it isn't offered."""
        return self.by_name.get(name)


def not_offered(name: str, names: Iterable[str]) -> str:
    """Return the sentence for a person who asks for a reference that isn't among `names`."""
    return f"This service doesn't offer the reference {name}. It offers {', '.join(names)}."


def page_files(manifest: Manifest) -> list[str]:
    """Return the files of a bundle that pages read on their instance: some tens of MB of a human
    genome's. A genome browser's large files, sequence and tracks, are read from S3 by ranges."""
    large = {manifest.fasta, manifest.csq_genes, *(track.file for track in manifest.tracks)}
    cache = f"{manifest.vep_cache.folder}/" if manifest.vep_cache else None
    return [
        name
        for name in manifest.checksums
        if name not in large and not (cache and name.startswith(cache))
    ]
