"""The check of a site, whatever it runs on: it annotates its own sample and gives the result."""

import gzip
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError
from local.site_answers import SubmittedJob
from local.site_client import OnProgress, SiteClient

SAMPLE_NAME = "gas-check.vcf"

ANNOTATION = "CSQ="
"""How the field of INFO begins that holds the effects, as in VEP's own files."""

Allele = tuple[str, str, str, str]
"""CHROM, POS, REF and ALT of a record."""


@dataclass(frozen=True)
class CheckedJob:
    """The job of the sample, which has passed; counts of its records."""

    job: SubmittedJob
    records: int
    annotated: int


def annotate_sample(site: SiteClient, *, seconds: float, on_progress: OnProgress) -> CheckedJob:
    """Submit the sample of the site's default reference, wait, and compare the result with it.

    Args:
        site: signed in.
        seconds: for the job to end.
        on_progress: is told of the job.

    Raises:
        LocalError: a step failed, or the result isn't the annotated sample; the message says why.
    """
    with tempfile.TemporaryDirectory(prefix="gas-check-") as folder:
        sample, result = Path(folder) / SAMPLE_NAME, Path(folder) / "result.vcf.gz"
        sample.write_bytes(site.fetch("/upload/example"))
        job = site.submit(sample, reference=site.references()[0].name)
        view = site.wait(job.job_id, seconds=seconds, on_progress=on_progress)
        if view.job_status != "COMPLETED":
            raise LocalError(f"The sample's job is {view.job_status}: {view.error}\n{job.url}")
        site.download(job.job_id, result)
        with sample.open(encoding="utf-8") as lines:
            wanted = [allele for allele, _ in _records(lines)]
        with gzip.open(result, "rt", encoding="utf-8") as lines:
            found = list(_records(lines))
    if [allele for allele, _ in found] != wanted:
        raise LocalError(
            f"The result has other records than the sample: {len(found)}, not {len(wanted)}, or "
            f"other alleles.\n{job.url}"
        )
    annotated = sum(ANNOTATION in info for _, info in found)
    if not annotated:
        raise LocalError(f"No record of the result has an annotation.\n{job.url}")
    return CheckedJob(job, records=len(found), annotated=annotated)


def delete_job(site: SiteClient, job: SubmittedJob) -> None:
    """Delete the job, and make sure that the site doesn't show it any more.

    Raises:
        LocalError: it is still there.
    """
    site.delete(job.job_id)
    if site.has_job(job.job_id):
        raise LocalError(f"The job was deleted and is still there.\n{job.url}")


def _records(lines: Iterable[str]) -> Iterator[tuple[Allele, str]]:
    """The allele and the INFO of each record of a VCF."""
    for line in lines:
        if not line.startswith("#"):
            chrom, pos, _, ref, alt, _, _, info = line.rstrip("\n").split("\t")[:8]
            yield (chrom, pos, ref, alt), info
