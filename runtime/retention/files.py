"""The files of a result that leave and come back together: annotated VCF, index and Parquet.

They are copied by S3, byte for byte, one version into one version under the same key, and only
versions that are named are deleted.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.job import Job
from runtime.common.objects import Head, ObjectMissing, Objects, Version
from runtime.contract.s3 import job_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import StorageClassType

ARCHIVED = ("vcf", "index", "parquet")
"""What is archived of a result, by the names of ResultNames. Summary and log stay readable."""

SMALL_BYTES = 128 * 1024
"""GLACIER_IR and STANDARD_IA are billed for at least this much: https://aws.amazon.com/s3/pricing/"""


def readable_class(size: int) -> "StorageClassType":
    """Return the class in which index and Parquet are archived: the cheapest that is readable at
    once, since they are copied back as soon as S3 has restored the VCF.

    What is small costs less in STANDARD. For the rest GLACIER_IR costs a third of STANDARD_IA a
    month, and 0.01 USD more for 1,000 copies in: docs/plans.md has the figures.

    Args:
        size: in bytes.
    """
    return "STANDARD" if size < SMALL_BYTES else "GLACIER_IR"


@dataclass(frozen=True)
class ResultFiles:
    """Copies results into the archive and back, and deletes versions of them."""

    objects: Objects
    results_bucket: str
    archive_bucket: str

    def copy_to_archive(
        self, job: Job, storage_class: "StorageClassType", check_cancelled: Callable[[], None]
    ) -> dict[str, Version]:
        """Copy a result's files; return their versions in the archive, by the names of ARCHIVED.

        A result whose records aren't sorted has no index. If somebody else has archived the result
        meanwhile the index is missing too, but then ARCHIVED can't be written any more.

        Args:
            storage_class: of the VCF: what it costs, and how long a restore takes.
            check_cancelled: called now and then; what it raises ends the copying.

        Raises:
            ObjectMissing: VCF or Parquet isn't in the results bucket.
        """
        keys = job.result_keys
        sources = {
            "vcf": self.objects.head(self.results_bucket, keys.vcf),
            "parquet": self.objects.head(self.results_bucket, keys.parquet),
        }
        with suppress(ObjectMissing):
            sources["index"] = self.objects.head(self.results_bucket, keys.index)
        classes = {name: readable_class(source.size) for name, source in sources.items()}
        classes["vcf"] = storage_class
        return self._copy(sources, self.archive_bucket, classes, check_cancelled)

    def copy_back(
        self, job: Job, vcf: Head, check_cancelled: Callable[[], None]
    ) -> dict[str, Version]:
        """Copy the job's archived versions back; return their versions in the results bucket.

        Args:
            vcf: the archived VCF, which S3 has restored.

        Raises:
            ObjectMissing: one of them is gone.
        """
        sources = {"vcf": vcf}
        for name, version in self.in_archive(job, job.archive_versions).items():
            if name != "vcf":
                sources[name] = self.objects.head(version.bucket, version.key, version.version_id)
        classes: dict[str, StorageClassType] = dict.fromkeys(sources, "STANDARD")
        return self._copy(sources, self.results_bucket, classes, check_cancelled)

    def in_archive(self, job: Job, ids: Mapping[str, str]) -> dict[str, Version]:
        """Return a result's versions in the archive, of which the job knows the ids by name."""
        keys = job.result_keys
        return {
            name: Version(self.archive_bucket, getattr(keys, name), version_id)
            for name, version_id in ids.items()
        }

    def in_results(self, job: Job) -> list[Version]:
        """List all versions of what is archived of a result in the results bucket.

        All, since one that stayed would become the current one.
        """
        going = {getattr(job.result_keys, name) for name in ARCHIVED}
        prefix = job_prefix(job.user_id, job.job_id)
        found = self.objects.versions(self.results_bucket, prefix)
        return [version for version in found if version.key in going]

    def strays(self, job: Job) -> list[Version]:
        """List the versions in the archive that the job doesn't know: attempts that were cut off
        leave such, and so may others that are at work now."""
        known = set(job.archive_versions.values())
        found = self.objects.versions(self.archive_bucket, job_prefix(job.user_id, job.job_id))
        return [version for version in found if version.version_id not in known]

    def everything(self, user_id: str, job_id: str) -> list[Version]:
        """List all versions under a job's prefix in both buckets."""
        prefix = job_prefix(user_id, job_id)
        buckets = (self.archive_bucket, self.results_bucket)
        return [found for bucket in buckets for found in self.objects.versions(bucket, prefix)]

    def delete(self, versions: Iterable[Version]) -> None:
        """Delete these versions for good. Raises NotDeleted."""
        self.objects.delete(versions)

    def _copy(
        self,
        sources: Mapping[str, Head],
        bucket: str,
        classes: "Mapping[str, StorageClassType]",
        check_cancelled: Callable[[], None],
    ) -> dict[str, Version]:
        """Copy all or nothing: when one can't be copied, the copies that were made go."""
        copies: dict[str, Version] = {}
        try:
            for name, source in sources.items():
                check_cancelled()
                copies[name] = self.objects.copy(
                    source, bucket, storage_class=classes[name], check_cancelled=check_cancelled
                )
        except Exception:
            self.delete(copies.values())
            raise
        return copies
