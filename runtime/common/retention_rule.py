"""How long a result stays: one rule for the archive, for restores, and for what pages say."""

from dataclasses import dataclass

from runtime.common.job import Job
from runtime.common.users import Role, User


@dataclass(frozen=True)
class RetentionRule:
    """The stage's rule: seconds for which a Free user's result stays."""

    free_seconds: int

    def due(self, job: Job, owner: User) -> int | None:
        """Return when an available result is to be archived, in epoch seconds; None for never.

        The time runs from whichever came last: the job's completion, the result's way back from
        the archive, the owner's way back to Free.
        """
        if owner.role is Role.PREMIUM_USER or job.complete_time is None:
            return None
        return self.free_seconds + max(
            job.complete_time, job.restore_time or 0, owner.role_since or 0
        )
