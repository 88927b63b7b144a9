"""The letters about a change of plan."""

from runtime.common.mail import Letter, moment, write_letter
from runtime.common.users import User


def restored(user: User, *, site_url: str) -> Letter:
    """Return the letter that everything that was archived is back."""
    return write_letter("restored", name=user.name, jobs_url=f"{site_url}/jobs")


def free_again(user: User, due: int, *, site_url: str) -> Letter:
    """Return the letter that results will be archived, from `due` (epoch seconds) on."""
    return write_letter(
        "free_again",
        name=user.name,
        due=moment(due),
        jobs_url=f"{site_url}/jobs",
        subscribe_url=f"{site_url}/subscribe",
    )
