"""Results that can't be explored: the reader is told why, and the disk keeps no copy."""

from pathlib import Path
from typing import Any

import pytest

from runtime.common.job import Job, ResultState
from runtime.contract.job_status import JobStatus
from runtime.web.services.results import NoResult
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.variants.file_cache import ResultFileCache
from runtime.web.services.variants.filters import VariantQuery
from tests.unit.web.site import Site
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.results import annotated


@pytest.mark.parametrize(
    "change",
    [
        {"job_status": JobStatus.RUNNING},
        {"result_state": ResultState.ARCHIVED},
        {"result_state": ResultState.RESTORING},
        {"input_file_name": "another.vcf"},
    ],
)
def test_should_say_why_when_there_is_no_result(
    site: Site, job: Job, change: dict[str, Any]
) -> None:
    with pytest.raises(NoResult, match=r"\.$"):
        site.services.variants.page(job.model_copy(update=change), VariantQuery())


def test_should_evict_the_file_when_the_job_is_deleted_or_archived(own_site: Site) -> None:
    user = own_site.user()
    job = annotated(own_site, user, vcf_of(RECORDS))
    archived = job.model_copy(update={"result_state": ResultState.ARCHIVED})
    service = own_site.services.variants
    with service.table(job) as table:
        assert table.path.exists()
    with pytest.raises(NoResult), service.table(archived):
        pass
    assert not table.path.exists()
    with service.table(job):
        pass
    own_site.browser(user).post_form(f"/jobs/{job.job_id}/delete")
    assert not table.path.exists()


def test_should_say_so_when_the_file_is_larger_than_the_disk_may_hold(
    site: Site, job: Job, folder: Path
) -> None:
    service = site.services.variants
    cache = ResultFileCache(site.s3, site.config.results_bucket, folder, max_file_bytes=10)
    small = VariantService(cache, service.engine, service.references)
    with pytest.raises(NoResult, match="too large"):
        small.page(job, VariantQuery())
