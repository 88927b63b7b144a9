"""With which references another run of a job's file may end otherwise than the last one did.

The same file with the same reference, in the same version, ends the same way. So a page offers
another run only where something differs.
"""

from collections.abc import Iterable

from runtime.common.job import Job, ResultState
from runtime.common.reference import Reference
from runtime.contract.job_status import FailureKind, JobStatus

FITTING = "which this service offers"
"""In an error, after the references that fit the file (`runtime.vcf.assembly_words`)."""

CONTRADICTED = "reference alleles contradict"
"""In an error of a file that was made against another assembly, or is wrong."""

_OF_THE_FILE = (FailureKind.INPUT, FailureKind.TIME_LIMIT)


def worth_running_with(job: Job, offered: Iterable[Reference]) -> tuple[Reference, ...]:
    """Return the offered references with which another run may end otherwise, the job's own first.

    Args:
        job: a job; one that hasn't ended isn't worth another.
        offered: the references that the service offers.
    """
    if not job.ended:
        return ()
    offered = tuple(offered)
    own = tuple(each for each in offered if each.name == job.reference)
    others = tuple(each for each in offered if each.name != job.reference)
    if job.job_status is JobStatus.COMPLETED:
        return (own if _differs(job, own) else ()) + others
    if job.failure not in _OF_THE_FILE:
        return own + others
    error = job.error or ""
    if FITTING in error:
        return tuple(each for each in others if each.manifest.assembly in error) or others
    return others if CONTRADICTED in error else ()


def _differs(job: Job, own: tuple[Reference, ...]) -> bool:
    """Whether a result with the job's own reference would be another, or one that is at hand."""
    archived = job.result_state is ResultState.ARCHIVED
    return archived or any(each.version != job.reference_version for each in own)
