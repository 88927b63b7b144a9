"""What each plan allows, from the settings: for the pages that compare the plans."""

from dataclasses import dataclass

from runtime.common.users import Role
from runtime.web.services.billing.billing_services import BillingServices
from runtime.web.services.upload_service import UploadLimits
from runtime.web.services.work_limits import WorkLimits


@dataclass(frozen=True)
class PlanFacts:
    """A plan.

    Attributes:
        file_bytes: of the largest file, as it is uploaded.
        jobs_per_hour: jobs that may start in an hour.
        open_jobs: jobs that may wait or run at a time.
        result_seconds: after which a result is archived; None means never.
    """

    name: str
    file_bytes: int
    jobs_per_hour: int
    open_jobs: int
    result_seconds: int | None


def plan_facts(
    uploads: UploadLimits, work: WorkLimits, billing: BillingServices
) -> tuple[PlanFacts, PlanFacts]:
    """Return the facts of Free and of Premium."""
    return (
        PlanFacts(
            "Free",
            uploads.for_role(Role.FREE_USER),
            work.free.jobs_per_hour,
            work.free.waiting_jobs,
            billing.free_retention_seconds,
        ),
        PlanFacts(
            "Premium",
            uploads.for_role(Role.PREMIUM_USER),
            work.premium.jobs_per_hour,
            work.premium.waiting_jobs,
            None,
        ),
    )
