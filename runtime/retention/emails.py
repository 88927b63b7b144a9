"""The emails about all results of a user that were archived, or will be."""

from runtime.common.mail import Email, moment, write_email
from runtime.common.users import User


def restored(user: User, *, site_url: str) -> Email:
    """Return the email that everything that was archived is back."""
    return write_email(
        "restored",
        name=user.name,
        jobs_url=f"{site_url}/jobs",
        choice_url=f"{site_url}/profile#mails",
    )


def free_again(user: User, due: int, *, site_url: str) -> Email:
    """Return the email that results will be archived, from `due` (epoch seconds) on."""
    return write_email(
        "free_again",
        name=user.name,
        due=moment(due),
        jobs_url=f"{site_url}/jobs",
        subscribe_url=f"{site_url}/subscribe",
    )
