"""The files of a result that leave and come back together: annotated VCF, index, Parquet tables.

They are copied by S3, byte for byte, one version into one version under the same key. The copy that
isn't needed any more is deleted by the process cleanup.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.job import Job
from runtime.common.keys import NOT_ALWAYS
from runtime.common.objects import Head, ObjectMissing, Objects, Version

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import StorageClassType

SMALL_BYTES = 128 * 1024
"""GLACIER_IR and STANDARD_IA are billed for at least this much: https://aws.amazon.com/s3/pricing/"""


def readable_class(size: int) -> "StorageClassType":
    """Return the class in which all but the VCF are archived: the cheapest that is readable at
    once, since they are copied back as soon as S3 has restored the VCF.

    What is small costs less in STANDARD. For the rest GLACIER_IR costs a third of STANDARD_IA a
    month, and 0.01 USD more for 1,000 copies in: docs/plans.md has the figures.

    Args:
        size: in bytes.
    """
    return "STANDARD" if size < SMALL_BYTES else "GLACIER_IR"


@dataclass(frozen=True)
class ResultFiles:
    """Copies results into the archive and back."""

    objects: Objects
    results_bucket: str
    archive_bucket: str

    def copy_to_archive(
        self, job: Job, storage_class: "StorageClassType", check_cancelled: Callable[[], None]
    ) -> dict[str, Version]:
        """Copy a result's files; return their versions in the archive, by their names.

        If somebody else has archived the result meanwhile, what not every result has is missing
        too, but then ARCHIVED can't be written any more.

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
        for name in NOT_ALWAYS:
            with suppress(ObjectMissing):
                sources[name] = self.objects.head(self.results_bucket, getattr(keys, name))
        classes = {name: readable_class(source.size) for name, source in sources.items()}
        classes["vcf"] = storage_class
        return self._copy(sources, self.archive_bucket, classes, check_cancelled)

    def copy_back(self, job: Job, vcf: Head, check_cancelled: Callable[[], None]) -> None:
        """Copy the job's archived versions back into the results bucket.

        Args:
            vcf: the archived VCF, which S3 has restored.

        Raises:
            ObjectMissing: one of them is gone.
        """
        sources = {"vcf": vcf}
        for name, version_id in job.archive_versions.items():
            if name != "vcf":
                key = getattr(job.result_keys, name)
                sources[name] = self.objects.head(self.archive_bucket, key, version_id)
        classes: dict[str, StorageClassType] = dict.fromkeys(sources, "STANDARD")
        self._copy(sources, self.results_bucket, classes, check_cancelled)

    def _copy(
        self,
        sources: Mapping[str, Head],
        bucket: str,
        classes: "Mapping[str, StorageClassType]",
        check_cancelled: Callable[[], None],
    ) -> dict[str, Version]:
        """Copy in turn. What an attempt that ends in between has copied is surplus."""
        copies: dict[str, Version] = {}
        for name, source in sources.items():
            check_cancelled()
            copies[name] = self.objects.copy(
                source, bucket, storage_class=classes[name], check_cancelled=check_cancelled
            )
        return copies
