"""manifest.json of a reference bundle, format 2: contigs, files, tracks, checksums.

`reference/` writes it; the annotator and the pages read it. A path in it is relative to the
bundle's folder.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
)

FILE_NAME = "manifest.json"

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
# No part begins with a dot, so a path can't leave the bundle.
RelativePath = Annotated[str, StringConstraints(pattern=rf"^{_PART}(/{_PART})*$")]
# The name of a bundle, and an assembly as GRCh38.p14 or R64-1-1. Both go into VCF headers.
Label = Annotated[str, StringConstraints(pattern=rf"^{_PART}$")]
ContigName = Annotated[str, StringConstraints(pattern=r"^[!-;=?-~]+$", max_length=200)]
Version = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
# ID or an INFO field of a VCF track; the number of a column, from 4, of a BED track.
TrackSource = Annotated[str, StringConstraints(pattern=r"^(ID|INFO/[A-Za-z_][\w.]*|[1-9]\d*)$")]


Date = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
FieldType = Literal["Integer", "Float", "Flag", "Character", "String"]

# They go into VCF headers between quotes.
TrackVersion = Annotated[str, StringConstraints(pattern=r'^[^"\\\n\r]+$', max_length=100)]
Description = Annotated[str, StringConstraints(pattern=r'^[^"\\\n\r]+$')]
Link = Annotated[str, StringConstraints(pattern=r"^https://[!-~]+$")]

FieldKind = Literal[
    "identifier", "significance", "category", "frequency", "number", "list", "region", "text"
]
"""What a field's values are, for pages: `significance` and `category` are one of few words, and
`frequency` is a number from 0 to 1. Values of a `list` and names of a `region` stand several in
one text."""


@dataclass(frozen=True)
class AddedField:
    """A field that annotation adds to each allele: `column` in Parquet, `tag` in INFO."""

    track: str
    source: str
    column: str
    tag: str
    description: str
    kind: FieldKind
    link: str | None


# A target with one of these names gets its track's name in front: the column is taken.
RESERVED_COLUMNS = frozenset({"id", "contig", "position", "ref", "alt", "filter", "quality"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Contig(_Model):
    """A sequence of the bundle.

    `aliases` are other names of it in users' files, `genetic_code` is NCBI's number, `accession`
    with its version goes before genomic HGVS names (NC_000009.12).
    """

    name: ContigName
    aliases: list[ContigName]
    length: PositiveInt
    genetic_code: PositiveInt
    circular: bool
    accession: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+\.\d+$")] | None = None


class TrackField(_Model):
    """What is taken from a track, and the name it gets.

    `number` and `type` are those of the field in the track's own VCF header
    (VCF 4.3, section 1.4.2). `title` names it on pages, and `link` is the address of a value, with
    {} for it. `records` is how many records of the track have a value.
    """

    source: TrackSource
    target: Name
    description: Description
    number: Annotated[str, StringConstraints(pattern=r"^(\d+|[ARG.])$")]
    type: FieldType
    kind: FieldKind = "text"
    title: Description | None = None
    link: Link | None = None
    records: NonNegativeInt | None = None


class Track(_Model):
    """An annotation track: an indexed VCF, or an indexed BED.

    `version` and `date` (ISO 8601) are those of its publisher; null where it states none. `records`
    is how many alleles or regions it has, which pages say where an allele isn't among them. The
    other texts are for pages too: `title`, what the list is; `publisher`, whose it is; `covers`,
    which alleles it can have; `licence` and `link`.
    """

    name: Name
    title: Description | None = None
    publisher: Description | None = None
    covers: Description | None = None
    licence: Description | None = None
    link: Link | None = None
    records: NonNegativeInt | None = None
    version: TrackVersion | None
    date: Date | None
    file: RelativePath
    format: Literal["vcf", "bed"]
    fields: Annotated[list[TrackField], Field(min_length=1)]


class VepCache(_Model):
    """The transcripts of the contigs of genetic code 1, as vepyr reads them.

    Every contig of genetic code 1 is in it, with or without genes, so that vepyr returns its sites.
    `release` is the VEP release that the cache is labelled with. The cache's form is internal to
    vepyr, so it belongs to one version of it, `engine_version`. `predictions` says of which release
    its SIFT and PolyPhen are; null where it has none.
    """

    folder: RelativePath
    release: PositiveInt
    engine_version: Version
    predictions: TrackVersion | None = None


class SourceNote(_Model):
    """Where a part of the bundle comes from: `retrieved` is its date, `licence` may be a URL."""

    what: str
    source: str
    retrieved: str
    licence: str | None = None


class Manifest(_Model):
    """manifest.json.

    Attributes:
        genes: the GFF3 as it was given, sorted, bgzip, with a tabix index.
        csq_genes: GFF3 in the form of `bcftools csq`: transcripts on contigs of other genetic
            codes than 1; null where there are none.
        vep_cache: null where no contig has genetic code 1.
        transcripts: Parquet, a row a transcript of any contig (`reference/transcript_table.py`).
        left_out: rows and models of the given GFF3 that couldn't be used, counted by reason.
        sample: a VCF to try the bundle on.
    """

    format: Literal[2]
    name: Label
    version: str
    assembly: Label
    description: str
    contigs: Annotated[list[Contig], Field(min_length=1)]
    fasta: RelativePath
    genes: RelativePath
    csq_genes: RelativePath | None
    vep_cache: VepCache | None
    transcripts: RelativePath
    tracks: list[Track]
    left_out: dict[str, PositiveInt]
    sources: list[SourceNote]
    sample: RelativePath | None
    checksums: dict[
        RelativePath, Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    ]

    def index_of(self, file: str) -> str:
        """Return the index of a bgzip file: .csi where contigs are too long for .tbi."""
        csi = f"{file}.csi"
        return csi if csi in self.checksums else f"{file}.tbi"

    @property
    def added_fields(self) -> tuple[AddedField, ...]:
        """What the tracks add, in order."""
        return tuple(_added_field(track, field) for track in self.tracks for field in track.fields)


def column_of(track: str, target: str) -> str:
    """Return the column of a track's field in results."""
    return f"{track}_{target}" if target in RESERVED_COLUMNS else target


def _added_field(track: Track, field: TrackField) -> AddedField:
    column = column_of(track.name, field.target)
    return AddedField(
        track=track.name,
        source=field.source,
        column=column,
        tag=column.upper(),
        description=field.description,
        kind=field.kind,
        link=field.link,
    )
