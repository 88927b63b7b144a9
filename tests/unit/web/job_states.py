"""Jobs in each state, on the site under test."""

from runtime.common.job import Job
from runtime.common.keys import result_keys
from runtime.common.users import User
from tests.unit.web.site import Site

VCF_GZ = b"\x1f\x8b an annotated VCF"


def running(site: Site, user: User, percent: int = 1) -> Job:
    """A job that an annotator works on."""
    claim = site.jobs.claim(site.job(user).job_id, lease_seconds=60)
    site.jobs.set_progress(claim, percent)
    return site.jobs.require(claim.job.job_id)


def failed(site: Site, user: User, error: str = "Not a VCF.") -> Job:
    """A job that ended in FAILED."""
    claim = site.jobs.claim(site.job(user).job_id, lease_seconds=60)
    return site.jobs.fail(claim, error)


def completed(site: Site, user: User, *, log: bytes = b"log", summary: bytes | None = None) -> Job:
    """A job that ended in COMPLETED, with its files in the results bucket."""
    claim = site.jobs.claim(site.job(user).job_id, lease_seconds=60)
    keys = result_keys(user.user_id, claim.job.job_id, claim.job.input_file_name)
    bucket = site.config.results_bucket
    files = {keys.vcf: VCF_GZ, keys.log: log} | ({keys.summary: summary} if summary else {})
    for key, body in files.items():
        site.s3.put_object(Bucket=bucket, Key=key, Body=body)
    return site.jobs.complete(claim, reference_version="1.0.0")
