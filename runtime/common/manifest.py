"""manifest.json of a reference bundle: contigs, files, tracks, engine options, checksums."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints

FILE_NAME = "manifest.json"

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$")]
ContigName = Annotated[str, StringConstraints(pattern=r"^[!-;=?-~]+$", max_length=200)]
Version = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
# ID or an INFO field of a VCF track; the number of a column, from 4, of a BED track.
TrackSource = Annotated[str, StringConstraints(pattern=r"^(ID|INFO/[A-Za-z_][\w.]*|[1-9]\d*)$")]


# It goes into a VCF header between quotes.
Description = Annotated[str, StringConstraints(pattern=r'^[^"\\\n\r]+$')]


@dataclass(frozen=True)
class AddedField:
    """A field that annotation adds to each allele: `column` in Parquet, `tag` in INFO."""

    track: str
    source: str
    column: str
    tag: str
    description: str


# A target with one of these names gets its track's name in front: the column is taken.
RESERVED_COLUMNS = frozenset({"id", "contig", "position", "ref", "alt", "filter", "quality"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Contig(_Model):
    """A sequence of the bundle; `aliases` are other names of it in users' files."""

    name: ContigName
    aliases: list[ContigName]
    length: PositiveInt
    genetic_code: PositiveInt
    circular: bool


class TrackField(_Model):
    """What is taken from a track, and the name it gets."""

    source: TrackSource
    target: Name
    description: Description


class Track(_Model):
    """An annotation track: an indexed VCF, or an indexed BED."""

    name: Name
    file: FileName
    format: Literal["vcf", "bed"]
    fields: Annotated[list[TrackField], Field(min_length=1)]


class EngineOptions(_Model):
    """The engine, its lowest version, and the options of `bcftools csq`."""

    name: Literal["bcftools"]
    version: Version
    csq_options: list[str]


class SourceNote(_Model):
    """Where a part of the bundle comes from."""

    what: str
    source: str
    retrieved: str


class Manifest(_Model):
    """manifest.json."""

    format: Literal[1]
    name: str
    version: str
    assembly: Name
    description: str
    contigs: Annotated[list[Contig], Field(min_length=1)]
    fasta: FileName
    genes: FileName
    tracks: list[Track]
    engine: EngineOptions
    sources: list[SourceNote]
    sample: FileName
    checksums: dict[FileName, Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]]

    @property
    def added_fields(self) -> tuple[AddedField, ...]:
        """What the tracks add, in order."""
        return tuple(_added_field(track, field) for track in self.tracks for field in track.fields)


def _added_field(track: Track, field: TrackField) -> AddedField:
    taken = field.target in RESERVED_COLUMNS
    column = f"{track.name}_{field.target}" if taken else field.target
    return AddedField(
        track=track.name,
        source=field.source,
        column=column,
        tag=column.upper(),
        description=field.description,
    )
