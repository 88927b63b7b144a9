"""What a result says of the tracks that it was made with: whose they are, and their fields.

A job's summary.json has it (`runtime.annotator.track_facts`), so a page can say it of any result,
of any reference, also where the service offers another version by now.
"""

import re
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from runtime.common.manifest import FieldKind
from runtime.web.services.variants.variant import FREQUENCY_SUFFIX, ID_SUFFIX
from runtime.web.services.variants.vep_terms import field_label


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TrackColumn(_Facts):
    """A field of a track: see `runtime.common.manifest.TrackField`; `column` is Parquet's."""

    column: str
    kind: FieldKind = "text"
    title: str | None = None
    link: str | None = None
    records: NonNegativeInt | None = None
    description: str | None = None

    @property
    def name(self) -> str:
        """What pages call it."""
        return self.title or field_label(self.column)

    def values(self, text: str) -> list[str]:
        """Return the values that a text of this field holds, as the file has them."""
        if self.kind == "region":
            return text.split(",")
        if self.kind == "identifier":
            return [value for value in text.split(";") if value] or [text]
        return several(text) or [text]

    def url(self, value: str) -> str | None:
        """Return the address of a value, where the track gives one."""
        return self.link.replace("{}", value) if self.link else None


class Track(_Facts):
    """A track of the reference; version and date (ISO 8601) are its publisher's, where stated.

    The other texts are those of `runtime.common.manifest.Track`.
    """

    name: str
    version: str | None
    date: str | None
    format: str = "vcf"
    title: str | None = None
    publisher: str | None = None
    covers: str | None = None
    licence: str | None = None
    link: str | None = None
    records: NonNegativeInt | None = None
    fields: list[TrackColumn] = []

    @property
    def heading(self) -> str:
        """What pages call it."""
        return self.title or self.name

    @property
    def release(self) -> str:
        """Whose it is, and of when: `MITOMAP, 2025-02-13`."""
        stated = [self.publisher or self.name, self.version, self.date]
        return ", ".join(text for text in stated if text)

    @property
    def extent(self) -> str | None:
        """How many records it has, in words; None where that isn't known."""
        if self.records is None:
            return None
        one, several = ("variant", "variants") if self.format == "vcf" else ("region", "regions")
        return f"{self.records:,} {one if self.records == 1 else several}"

    @property
    def not_listed(self) -> str:
        """The sentence for an allele of which it says nothing."""
        size = f" of {self.extent}" if self.extent else ""
        covers = f" ({self.covers})" if self.covers else ""
        return f"Not in this list{size}{covers}."


class Tracks(_Facts):
    """The tracks of a result, in order."""

    tracks: list[Track] = []

    @property
    def columns(self) -> list[TrackColumn]:
        """Their fields, in order."""
        return [field for track in self.tracks for field in track.fields]

    def of_kind(self, *kinds: FieldKind) -> list[TrackColumn]:
        """Return the fields of some kinds."""
        return [field for field in self.columns if field.kind in kinds]

    @property
    def judgements(self) -> list[TrackColumn]:
        """What the column of significance shows: ratings, and what else such a track says of an
        allele in one of few words."""
        rating = [
            track for track in self.tracks if any(f.kind == "significance" for f in track.fields)
        ]
        return [
            field
            for track in rating
            for field in track.fields
            if field.kind in ("significance", "category")
        ]

    @property
    def frequency(self) -> TrackColumn | None:
        """The frequency that the table shows: the first."""
        return next(iter(self.of_kind("frequency")), None)

    @property
    def facets(self) -> list[TrackColumn]:
        """Fields of few values, to choose among."""
        return self.of_kind("significance", "category", "region")

    def name_of(self, column: str) -> str:
        """Return what pages call a column."""
        return next((f.name for f in self.columns if f.column == column), field_label(column))

    def place_of(self, fields: Mapping[str, str]) -> str | None:
        """Return the names of the regions that an allele lies in, by its values; None for none."""
        texts = [fields[field.column] for field in self.of_kind("region") if field.column in fields]
        names = [name for text in texts for name in text.split(",")]
        return ", ".join(names) or None

    def track_of(self, column: str) -> Track | None:
        """Return the track that a column comes from."""
        return next((t for t in self.tracks if any(f.column == column for f in t.fields)), None)


def several(text: str) -> list[str]:
    """Return the values of a text that holds several.

    ClinVar and ClinGen put | between them; VEP, and files made with it, put & there.
    """
    return [value for value in re.split(r"\||&(?=\S)", text) if value]


NO_TRACKS = Tracks()
"""Of a result that says nothing of its tracks."""


def unattributed(tracks: Iterable[Track], columns: Iterable[str]) -> Track:
    """Return one track with some columns, whose kinds are told by their names."""
    fields = [TrackColumn(column=column, kind=_kind(column)) for column in columns]
    return Track(
        name=", ".join(track.name for track in tracks), version=None, date=None, fields=fields
    )


def _kind(column: str) -> FieldKind:
    if column == "clinical_significance":
        return "significance"
    if column.endswith(ID_SUFFIX):
        return "identifier"
    return "frequency" if column.endswith(FREQUENCY_SUFFIX) else "text"
