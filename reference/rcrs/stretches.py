"""The track of named stretches outside of genes: the control region's, origins, and spacers."""

from pathlib import Path

from reference.options import FieldOption, TrackNotes, TrackOption
from reference.rcrs.facts import Row, read_table
from reference.rcrs.settings import Settings

COLUMNS = ("name", "start", "end", "description")

_FIELDS = (
    FieldOption(
        "4",
        "region_name",
        "Named stretches of the mitochondrial genome that the variant lies in; commas separate "
        "several",
        kind="region",
        title="Lies in",
    ),
)


def stretches(data: Path, settings: Settings, folder: Path) -> TrackOption:
    """Write the BED of the table into `folder`; return the track.

    Raises:
        InputError: naming the line that is at fault.
    """
    contig = settings.contig
    lines = [
        f"{contig.name}\t{start - 1}\t{end}\t{row['name'].replace(' ', '_')}\n"
        for row in read_table(data / "stretches.tsv", COLUMNS)
        for start, end in [_ends(row, contig.length)]
    ]
    path = folder / "stretches.bed"
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return TrackOption(
        "stretches",
        (path,),
        _FIELDS,
        date=settings.mitomap,
        notes=TrackNotes(
            title="Named stretches",
            publisher="MITOMAP; the control region: GenBank",
            covers="the control region, origins of replication, promoters, and bases between genes",
            licence="CC BY 3.0: https://creativecommons.org/licenses/by/3.0/",
            link="https://www.mitomap.org/foswiki/bin/view/MITOMAP/GenomeLoci",
        ),
    )


def _ends(row: Row, length: int) -> tuple[int, int]:
    start, end = row.integer("start"), row.integer("end")
    if not 1 <= start <= end <= length or "," in row["name"]:
        raise row.error(f"should be a name without commas, and a place in the {length} bases")
    return start, end
