"""The track of dbSNP ids."""

from pathlib import Path

from reference.options import FieldOption, TrackNotes, TrackOption
from reference.rcrs.allele_table import read_alleles, write_vcf
from reference.rcrs.facts import Row
from reference.rcrs.settings import Settings

_COLUMNS = ("pos", "ref", "alt", "dbsnp_id", "source")


def known_ids(data: Path, settings: Settings, sequence: str, folder: Path) -> TrackOption:
    """Write the VCF of the table into `folder`; return the track.

    Raises:
        InputError: naming the line that is at fault.
    """
    rows = read_alleles(data / "known-ids.tsv", _COLUMNS, sequence)
    for row in rows.values():
        _check(row)
    records = [(allele, row["dbsnp_id"], dict[str, str]()) for allele, row in rows.items()]
    path = write_vcf(folder / "known.vcf", settings.contig, {}, records)
    return TrackOption(
        "known",
        (path,),
        (
            FieldOption(
                "ID",
                "id",
                "dbSNP id",
                kind="identifier",
                title="dbSNP id",
                link="https://www.ncbi.nlm.nih.gov/snp/{}",
            ),
        ),
        version=settings.version,
        date=settings.known_ids,
        notes=TrackNotes(
            title="dbSNP ids",
            publisher="dbSNP",
            covers="a choice of known variants, not all of dbSNP",
            licence="public domain: https://www.ncbi.nlm.nih.gov/home/about/policies/",
            link="https://www.ncbi.nlm.nih.gov/snp/",
        ),
    )


def _check(row: Row) -> None:
    known_id = row["dbsnp_id"]
    if not (known_id.startswith("rs") and known_id[2:].isdecimal()):
        raise row.error(f"dbsnp_id should be like rs199474657, not {known_id!r}")
    if not row["source"]:
        raise row.error("source is missing")
