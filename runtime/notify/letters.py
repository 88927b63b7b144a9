"""The letters that notify sends, rendered from templates/."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from runtime.common.job import Job, JobStatus
from runtime.common.mail import Letter
from runtime.common.users import User

_TEMPLATES = Environment(
    loader=PackageLoader("runtime.notify"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def job_ended(job: Job, user: User, *, site_url: str) -> Letter:
    """Return the letter about a job that COMPLETED or FAILED."""
    completed = job.job_status is JobStatus.COMPLETED
    values = {
        "name": user.name,
        "file_name": job.input_file_name,
        "error": job.error,
        "job_url": f"{site_url}/jobs/{job.job_id}",
        "upload_url": f"{site_url}/upload",
    }
    outcome = "is annotated" if completed else "could not be annotated"
    template = "job_completed" if completed else "job_failed"
    return Letter(
        subject=f"{job.input_file_name} {outcome}",
        text=_TEMPLATES.get_template(f"{template}.txt").render(values),
        html=_TEMPLATES.get_template(f"{template}.html").render(values),
    )
