"""The files of a result, in the results bucket and in the archive bucket."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.job import Job
from runtime.common.keys import ResultNames, result_keys
from runtime.common.objects import Objects, Version
from runtime.contract.s3 import job_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import StorageClassType


@dataclass(frozen=True)
class ResultFiles:
    """Copies results into the archive, and deletes them elsewhere.

    Args:
        storage_class: what an archived result costs, and how long a restore takes.
    """

    objects: Objects
    results_bucket: str
    archive_bucket: str
    storage_class: "StorageClassType"

    def copy_to_archive(self, job: Job, check_cancelled: Callable[[], None]) -> Version:
        """Copy the annotated VCF; `check_cancelled` is called now and then, and may raise.

        Raises:
            ObjectMissing: it isn't in the results bucket.
        """
        source = self.objects.head(self.results_bucket, _keys(job).vcf)
        return self.objects.copy(
            source,
            self.archive_bucket,
            storage_class=self.storage_class,
            check_cancelled=check_cancelled,
        )

    def outside_archive(self, job: Job) -> list[Version]:
        """List the annotated VCF and what is derived from it in the results bucket, and versions
        in the archive that aren't the job's: an attempt that was cut off leaves such.

        Of the results bucket they are all versions: one that stayed would become the current one.
        """
        keys, prefix = _keys(job), job_prefix(job.user_id, job.job_id)
        going = {keys.vcf, keys.index, keys.parquet}
        there = self.objects.versions(self.results_bucket, prefix)
        return [version for version in there if version.key in going] + [
            version
            for version in self.in_archive(prefix)
            if version.version_id != job.results_file_archive_id
        ]

    def in_archive(self, prefix: str) -> list[Version]:
        """List all versions in the archive under a job's prefix."""
        return self.objects.versions(self.archive_bucket, prefix)

    def delete(self, versions: Iterable[Version]) -> None:
        """Delete these versions for good. Raises NotDeleted."""
        self.objects.delete(versions)


def _keys(job: Job) -> ResultNames:
    return result_keys(job.user_id, job.job_id, job.input_file_name)
