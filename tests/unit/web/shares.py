"""What an owner shares, and with whom."""

from runtime.common.job import Job
from runtime.common.shares import Extra, LinkToken
from runtime.common.users import User
from tests.unit.web.site import SITE_URL, Browser, Site
from tests.unit.web.variants.results import annotate_job

VCF = (
    "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    "MT\t3243\t.\tA\tG\t.\t.\t.\n"
)


def annotated_with_note(site: Site, owner: User) -> Job:
    job = annotate_job(site, site.job(owner), VCF, site.reference)
    site.services.owner_actions.set_note(job.job_id, owner.user_id, "seen twice in the family")
    return site.jobs.require(job.job_id)


def invite(site: Site, job: Job, guest: User, *extras: Extra) -> None:
    site.services.sharing.shares.add_guest(job.job_id, guest.email, extras)


def link_of(site: Site, job: Job, *extras: Extra, seconds: int = 3600) -> LinkToken:
    shares = site.services.sharing.shares
    return shares.add_link(job.job_id, label="", extras=extras, seconds=seconds)


def opened(site: Site, token: LinkToken) -> Browser:
    visitor = site.visitor()
    answer = visitor.post("/link", link=f"{SITE_URL}/link#{token}")
    assert answer.location == f"/jobs/{token.job_id}"
    return visitor


def own_job_of(site: Site, owner: User) -> Job:
    return site.jobs.require(site.job(owner).job_id)
