"""What a bundle is built from: the options of `reference build`, read and checked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reference.errors import InputError
from runtime.common.manifest import FieldKind, SourceNote

# Parquet columns of fields that the pages know by another name than ClinVar's.
_USUAL_TARGETS = {
    "INFO/CLNSIG": "clinical_significance",
    "INFO/CLNDN": "condition",
    "INFO/RS": "dbsnp_id",
}
_USUAL_KINDS: dict[str, FieldKind] = {
    "ID": "identifier",
    "INFO/CLNSIG": "significance",
    "INFO/CLNDN": "list",
    "INFO/AF": "frequency",
    "INFO/RS": "identifier",
}
RS_IDS = "dbsnp_id"
"""Names a column of dbSNP's ids: a track's numbers get their rs in front."""
FIELD = (
    r"^(?P<source>ID|INFO/[A-Za-z_][A-Za-z0-9_.]*|[4-9]|[1-9][0-9]+)"
    r"(=(?P<target>[A-Za-z][A-Za-z0-9_]*))?$"
)
"""A field of a track, and the name of its column where it isn't the usual one. A BED's fields are
columns, after the three of its regions."""
_TRACK = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]*)=(?P<file>.+):(?P<fields>[^:]+)")


@dataclass(frozen=True)
class FieldOption:
    """A field of a track, and the name of its column: ID or INFO/..., or the number of a BED's."""

    source: str
    target: str
    description: str | None = None
    kind: FieldKind = "text"
    title: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class TrackNotes:
    """What pages say of a track: see `runtime.common.manifest.Track`."""

    title: str | None = None
    publisher: str | None = None
    covers: str | None = None
    licence: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class TrackOption:
    """VCFs of known variants, or BEDs of regions, and what to take from them.

    Attributes:
        files: one, or several where each holds some contigs; the header of the first one counts.
        version: of the source, as 116; None where its header tells it.
        date: of the source, as 2026-11-22; None where its header tells it.
        only_pass: leave out records that their publisher doubts: FILTER is neither PASS nor empty.
        notes: what pages say of it.
    """

    name: str
    files: tuple[Path, ...]
    fields: tuple[FieldOption, ...]
    version: str | None = None
    date: str | None = None
    only_pass: bool = False
    notes: TrackNotes = field(default_factory=TrackNotes)

    @property
    def is_bed(self) -> bool:
        """Whether the files are BEDs, by their names."""
        return bool(re.search(r"\.bed(\.gz|\.bgz)?$", self.files[0].name))


@dataclass(frozen=True)
class ContigOptions:
    """What is said of contigs, by name."""

    aliases: dict[str, list[str]] = field(default_factory=dict)
    genetic_codes: dict[str, int] = field(default_factory=dict)
    circular: frozenset[str] = frozenset()
    accessions: dict[str, str] = field(default_factory=dict)

    def merged(self, other: "ContigOptions") -> "ContigOptions":
        """These and those of `other`, which says more where both say something."""
        aliases = {name: list(given) for name, given in self.aliases.items()}
        for name, given in other.aliases.items():
            aliases.setdefault(name, []).extend(given)
        return ContigOptions(
            aliases=aliases,
            genetic_codes=self.genetic_codes | other.genetic_codes,
            circular=self.circular | other.circular,
            accessions=self.accessions | other.accessions,
        )


@dataclass(frozen=True)
class BuildOptions:
    """All that a build depends on: the same options and files give the same bytes.

    Attributes:
        fasta: one file, or several that make up the genome.
        assembly_report: NCBI's, for more names of the contigs.
        sample_track: the track to take a sample from, where none is given.
        vep_cache: a folder of vepyr's. Its known variants become a track, its SIFT and PolyPhen go
            to the transcripts with the same proteins.
    """

    name: str
    assembly: str
    fasta: tuple[Path, ...]
    genes: Path
    version: str = "1"
    description: str = ""
    tracks: tuple[TrackOption, ...] = ()
    contigs: ContigOptions = field(default_factory=ContigOptions)
    assembly_report: Path | None = None
    vep_cache: Path | None = None
    sample: Path | None = None
    sample_track: str | None = None
    sources: tuple[SourceNote, ...] = ()


def read_track(text: str) -> TrackOption:
    """Read NAME=FILE:FIELD[=COLUMN],... as `clinvar=clinvar.vcf.gz:ID,INFO/CLNSIG`.

    Raises:
        InputError: it has another form.
    """
    match = _TRACK.fullmatch(text)
    if match is None:
        raise InputError(
            f"--track {text}", "should be like clinvar=clinvar.vcf.gz:ID,INFO/CLNSIG,INFO/CLNDN"
        )
    name = match["name"].lower()
    return TrackOption(
        name, (Path(match["file"]),), read_track_fields(name, match["fields"].split(","))
    )


def read_track_fields(track: str, texts: Iterable[str]) -> tuple[FieldOption, ...]:
    """Read the fields that are taken from a track: ID, INFO/NAME, INFO/NAME=COLUMN, or 4=COLUMN.

    Raises:
        InputError: one has another form.
    """
    return tuple(_read_field(track, text.strip()) for text in texts)


def _read_field(track: str, text: str) -> FieldOption:
    match = re.match(FIELD, text)
    if match is None:
        raise InputError(
            f"track {track}",
            f"{text!r} should be ID, INFO/NAME or INFO/NAME=COLUMN, and of a BED the number of a "
            "column, from 4, such as 4 or 4=COLUMN",
        )
    source = match["source"]
    own = "id" if source == "ID" else f"{track}_{source.removeprefix('INFO/')}".lower()
    target = match["target"] or _USUAL_TARGETS.get(source, re.sub(r"\W", "_", own))
    return FieldOption(source=source, target=target, kind=_USUAL_KINDS.get(source, "text"))


def read_contigs(
    aliases: list[str] | None,
    genetic_codes: list[str] | None,
    circular: list[str] | None,
    accessions: list[str] | None,
) -> ContigOptions:
    """Read what is said of contigs: CONTIG=NAME,NAME, CONTIG=NUMBER, CONTIG, CONTIG=ACCESSION.

    Raises:
        InputError: one has another form.
    """
    return ContigOptions(
        aliases=_read_aliases(aliases or []),
        genetic_codes=_read_genetic_codes(genetic_codes or []),
        circular=frozenset(circular or []),
        accessions=dict(_pair("--accession", text, "9=NC_000009.12") for text in accessions or []),
    )


def _read_aliases(texts: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for contig, value in (_pair("--alias", text, "9=chr9,CM000671.2") for text in texts):
        found.setdefault(contig, []).extend(value.split(","))
    return found


def _read_genetic_codes(texts: Iterable[str]) -> dict[str, int]:
    pairs = [_pair("--genetic-code", text, "MT=2") for text in texts]
    for contig, number in pairs:
        if not number.isdecimal():
            raise InputError(f"--genetic-code {contig}={number}", "should be like MT=2")
    return {contig: int(number) for contig, number in pairs}


def _pair(option: str, text: str, example: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not (name and equals and value):
        raise InputError(f"{option} {text}", f"should be like {example}")
    return name, value
