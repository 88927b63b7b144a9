"""A recipe: which published files make a bundle, and what is taken from each. TOML on disk."""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reference.errors import InputError
from reference.options import FIELD, TrackNotes, TrackOption, read_track_fields
from runtime.common.manifest import ContigName, Label, Name

FOLDER = Path(__file__).parent
SEQUENCES, GENES, REPORT = "Sequences", "Genes", "Assembly report"
VEP_CACHE = "VEP cache"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Model):
    """A published file, or one for each of some contigs.

    Attributes:
        url: http or https, or a path from the recipe's folder. `{contig}` stands for each of
            `contigs`.
        contigs: for a file per contig, in order.
        checksums: what names the file's checksum, as a URL, or relative to `url`: a file of
            Ensembl's (CHECKSUMS), of NCBI's (md5checksums.txt), or of md5sum and its like.
        origin: whose release it is, for readers: `Ensembl 116`.
        licence: what may be done with it, or where that is said.
    """

    url: str
    contigs: list[ContigName] = []
    checksums: str | None = None
    origin: str
    licence: str

    @model_validator(mode="after")
    def _check_contigs(self) -> "Source":
        if ("{contig}" in self.url) != bool(self.contigs):
            raise ValueError("url needs {contig} where contigs are listed, and contigs where it is")
        return self

    @property
    def urls(self) -> tuple[str, ...]:
        """The address of each file."""
        return tuple(self.url.replace("{contig}", contig) for contig in self.contigs) or (self.url,)

    @property
    def reduced_to(self) -> tuple[str, ...] | None:
        """The fields that a file is reduced to while it comes; None where it's kept as it is."""
        return None


class Track(Source):
    """VCFs of known variants.

    Attributes:
        fields: as `ID` or `INFO/AF=frequency`, of a BED as `4=repeat`, like --track's.
        version: of the release, where the header doesn't state it; so too `date`, as 2026-11-22.
        only_pass: leave out records that their publisher filtered out.
        optional: only taken where --with names it.
        streamed: the files are VCFs too large for a disk, and are reduced to the fields while they
            come.
    """

    name: Name
    fields: Annotated[list[Annotated[str, Field(pattern=FIELD)]], Field(min_length=1)]
    version: str | None = None
    date: str | None = None
    only_pass: bool = False
    optional: bool = False
    streamed: bool = False

    @property
    def reduced_to(self) -> tuple[str, ...] | None:
        """See Source."""
        taken = tuple(field.source for field in read_track_fields(self.name, self.fields))
        return taken if self.streamed else None

    def option(self, files: tuple[Path, ...]) -> TrackOption:
        """The track as the builder takes it."""
        fields = read_track_fields(self.name, self.fields)
        notes = TrackNotes(publisher=self.origin, licence=self.licence)
        return TrackOption(
            self.name,
            files,
            fields,
            self.version,
            self.date,
            only_pass=self.only_pass,
            notes=notes,
        )


class Contigs(_Model):
    """What no file says of the contigs, by name. `genetic_codes` are NCBI's numbers."""

    aliases: dict[str, list[ContigName]] = {}
    genetic_codes: dict[str, int] = {}
    circular: list[str] = []
    accessions: dict[str, str] = {}


class Recipe(_Model):
    """A recipe.

    Attributes:
        name: of the bundle.
        version: of the genes' release. The bundle's version adds the date of its newest source.
        assembly_report: NCBI's, for the other names of contigs, and their accessions.
        vep_cache: Ensembl's NAME_vep_116_GRCh38.tar.gz, or a folder of Ensembl's or of vepyr's.
            Its known variants become the track `vep_cache`; SIFT and PolyPhen go to transcripts.
        chosen: the optional tracks that are taken.
        sample: a VCF to try the bundle on, from the recipe's folder; without it, some records of
            the first VCF track.
    """

    name: Label
    version: Label
    assembly: Label
    description: str
    sequences: Source
    genes: Source
    assembly_report: Source | None = None
    tracks: list[Track] = []
    chosen: tuple[str, ...] = ()
    vep_cache: Source | None = None
    contigs: Contigs = Contigs()
    sample: str | None = None

    def with_optional(self, names: Collection[str]) -> "Recipe":
        """The recipe with these of its optional tracks taken too.

        Raises:
            InputError: it has no such track.
        """
        offered = [track.name for track in self.tracks if track.optional]
        if unknown := sorted(set(names) - set(offered)):
            has = f"it has {', '.join(offered)}" if offered else "it has none"
            raise InputError(f"--with {unknown[0]}", f"is no optional track of {self.name}: {has}")
        return self.model_copy(update={"chosen": tuple(names)})

    @property
    def taken(self) -> list[Track]:
        """The tracks that the bundle gets."""
        return [track for track in self.tracks if not track.optional or track.name in self.chosen]

    @property
    def left(self) -> list[Track]:
        """The others."""
        return [track for track in self.tracks if track not in self.taken]

    @property
    def sources(self) -> dict[str, Source]:
        """Everything that is read, by what it is."""
        named: dict[str, Source | None] = {
            SEQUENCES: self.sequences,
            GENES: self.genes,
            REPORT: self.assembly_report,
            **{track_label(track.name): track for track in self.taken},
            VEP_CACHE: self.vep_cache,
        }
        return {what: source for what, source in named.items() if source}


def track_label(name: str) -> str:
    """What a track's files are called among the sources of a recipe."""
    return f"Track {name}"


def shipped() -> dict[str, Path]:
    """The recipes of this folder, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


def load_recipe(given: str) -> tuple[Recipe, Path]:
    """Read a shipped recipe by its name, or any by its path; with the folder of its paths.

    Raises:
        InputError: there is none, or it's wrong; naming the key.
    """
    path = shipped().get(given.lower(), Path(given))
    if not path.is_file():
        names = ", ".join(shipped())
        raise InputError(given, f"is neither a recipe of GAS ({names}) nor a file")
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return Recipe.model_validate(document), path.parent
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is no TOML: {error}") from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise InputError(path, "; ".join(faults)) from error
