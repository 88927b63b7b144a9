"""Who is told what happens to jobs, beside their owners."""

from pydantic import Field

from stacks.settings.base import Settings


class Events(Settings):
    """Where what happens to jobs is told, beside the webhooks of users."""

    bus: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._/-]{0,256}$",
        description="EventBridge bus of the account, by name, that gets an event of each job that "
        "ended, and of each result that was archived or restored. Without it there is none.",
    )
    any_address: bool = Field(
        default=False,
        description="Webhooks may have any address: plain HTTP, any port, and machines of this "
        "network. Only for stage local, so that a receiver on the laptop can be tried out.",
    )
