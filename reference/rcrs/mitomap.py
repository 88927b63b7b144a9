"""The tracks of MITOMAP's lists: disease associations with ClinGen's ratings, and frequencies."""

import re
from dataclasses import replace
from pathlib import Path

from reference.options import FieldOption, TrackNotes, TrackOption
from reference.rcrs.allele_table import info_text, read_alleles, write_vcf
from reference.rcrs.facts import Row, read_table
from reference.rcrs.settings import Settings

DISEASE_COLUMNS = ("pos", "ref", "alt", "status", "status_note", "clingen", "disease", "pubmed")
_NAME_COLUMNS = ("abbreviation", "name")
FREQUENCY_COLUMNS = ("pos", "ref", "alt", "count", "haplogroups", "note")

GENBANK_SEQUENCES = 61_883
"""Full-length human sequences of GenBank that MITOMAP counted, by the header of its VCFs."""

STATUSES = frozenset({"Confirmed", "Reported", "Conflicting reports", "Unclear", "Other"})
"""MITOMAP's: https://www.mitomap.org/foswiki/bin/view/MITOMAP/ConfirmedCriteria; `Other` is ours,
for a status in other words, which the note has."""
# ClinVar's terms, https://www.ncbi.nlm.nih.gov/clinvar/docs/clinsig/
SIGNIFICANCE = frozenset(
    {
        "",
        "Benign",
        "Likely benign",
        "Uncertain significance",
        "Likely pathogenic",
        "Pathogenic",
    }
)

_WORD = re.compile(r"[A-Za-z0-9]+")

_NOTES = TrackNotes(
    publisher="MITOMAP",
    licence="CC BY 3.0: https://creativecommons.org/licenses/by/3.0/",
    link="https://www.mitomap.org/",
)
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"

_DISEASE_FIELDS = (
    FieldOption(
        "INFO/CLNSIG",
        "clinical_significance",
        "Rating by ClinGen's expert panel for mitochondrial disease, as MITOMAP shows it",
        kind="significance",
        title="ClinGen's rating",
    ),
    FieldOption(
        "INFO/STATUS",
        "mitomap_status",
        "Status of the disease association in MITOMAP: Confirmed means reports by two or more "
        "independent laboratories",
        kind="category",
        title="Status in MITOMAP",
    ),
    FieldOption(
        "INFO/STATUS_NOTE",
        "mitomap_status_note",
        "What else MITOMAP's status says",
        title="Note on the status",
    ),
    FieldOption(
        "INFO/DISEASE",
        "condition",
        "Disease that the variant was reported with, by MITOMAP; | separates several",
        kind="list",
        title="Reported disease",
    ),
    FieldOption(
        "INFO/NAMES",
        "condition_names",
        "Abbreviations in the disease, in full; | separates several",
        kind="list",
        title="In full",
    ),
    FieldOption(
        "INFO/PUBMED",
        "mitomap_pubmed",
        "PubMed ids of the reports that MITOMAP refers to; | separates several",
        kind="list",
        title="Reports (PubMed)",
        link=_PUBMED,
    ),
)
_FREQUENCY_FIELDS = (
    FieldOption(
        "INFO/AC",
        "mitomap_count",
        f"How many of {GENBANK_SEQUENCES:,} full-length human sequences of GenBank have the "
        "allele, by MITOMAP",
        kind="number",
        title=f"Sequences of {GENBANK_SEQUENCES:,}",
    ),
    FieldOption(
        "INFO/AF",
        "mitomap_frequency",
        f"The same as a fraction of the {GENBANK_SEQUENCES:,}",
        kind="frequency",
        title="Frequency in GenBank",
    ),
    FieldOption(
        "INFO/NOTE",
        "mitomap_count_note",
        "Where the count and the frequency are only the least that they can be",
        title="Note on the count",
    ),
    FieldOption(
        "INFO/HAPLOGROUPS",
        "mitomap_haplogroups",
        "Haplogroups of which half of the sequences or more have the allele, by MITOMAP; | "
        "separates several",
        kind="list",
        title="Frequent in haplogroups",
    ),
)


def diseases(data: Path, settings: Settings, sequence: str, folder: Path) -> TrackOption:
    """Write the VCF of disease associations into `folder`; return the track.

    Raises:
        InputError: naming the line that is at fault.
    """
    rows = read_alleles(data / "mitomap-diseases.tsv", DISEASE_COLUMNS, sequence)
    fields = dict.fromkeys(
        ("CLNSIG", "STATUS", "STATUS_NOTE", "DISEASE", "NAMES", "PUBMED"), "Number=1,Type=String"
    )
    names = {
        row["abbreviation"]: row["name"]
        for row in read_table(data / "disease-names.tsv", _NAME_COLUMNS)
    }
    records = [(allele, "", _disease_info(row, names)) for allele, row in rows.items()]
    path = write_vcf(folder / "mitomap-diseases.vcf", settings.contig, fields, records)
    return TrackOption(
        "mitomap",
        (path,),
        _DISEASE_FIELDS,
        date=settings.mitomap,
        notes=replace(
            _NOTES,
            title="Disease associations",
            covers="variants that were reported with a disease",
        ),
    )


def frequencies(data: Path, settings: Settings, sequence: str, folder: Path) -> TrackOption:
    """Write the VCF of frequencies into `folder`; return the track.

    Raises:
        InputError: naming the line that is at fault.
    """
    rows = read_alleles(data / "mitomap-frequencies.tsv", FREQUENCY_COLUMNS, sequence)
    fields = {
        "AC": "Number=1,Type=Integer",
        "AF": "Number=1,Type=Float",
        "NOTE": "Number=1,Type=String",
        "HAPLOGROUPS": "Number=1,Type=String",
    }
    records = [(allele, "", _frequency_info(row)) for allele, row in rows.items()]
    path = write_vcf(folder / "mitomap-frequencies.vcf", settings.contig, fields, records)
    return TrackOption(
        "genbank",
        (path,),
        _FREQUENCY_FIELDS,
        date=settings.mitomap,
        notes=replace(
            _NOTES,
            title="Population frequencies",
            covers="alleles seen in GenBank's full-length sequences or in reports",
        ),
    )


def _disease_info(row: Row, names: dict[str, str]) -> dict[str, str]:
    words = dict.fromkeys(_WORD.findall(row["disease"]))
    return {
        "CLNSIG": info_text(row.one_of("clingen", SIGNIFICANCE)),
        "STATUS": info_text(row.one_of("status", STATUSES)),
        "STATUS_NOTE": info_text(row["status_note"]),
        "DISEASE": info_text(row["disease"].replace(" / ", "|")),
        "NAMES": "|".join(info_text(names[word]) for word in words if word in names),
        "PUBMED": row["pubmed"].replace(" ", "|"),
    }


def _frequency_info(row: Row) -> dict[str, str]:
    count = row.integer("count")
    if count > GENBANK_SEQUENCES:
        raise row.error(f"count should be at most {GENBANK_SEQUENCES}")
    return {
        "AC": str(count),
        "AF": f"{count / GENBANK_SEQUENCES:.6g}",
        "NOTE": info_text(row["note"]),
        "HAPLOGROUPS": row["haplogroups"].replace(" ", "|"),
    }
