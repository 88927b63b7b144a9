"""The files of a result, as S3 holds them."""

import hashlib

import httpx
import pytest

from runtime.common.jobs.result_states import ResultStates
from runtime.web.services.result_files import FileKind, NoSuchResultFile
from tests.unit.web.site import VCF, Site
from tests.unit.web.variants.results import annotated


def test_should_name_size_and_checksum_each_file_when_a_job_has_completed(site: Site) -> None:
    job = annotated(site, site.user(), VCF.decode())
    files = site.services.results.files
    found = files.all(job)
    assert [each.kind for each in found] == [
        kind for kind in FileKind if kind is not FileKind.GENOTYPES
    ]
    for each in found:
        answer = httpx.get(files.download_url(job, each.kind), timeout=30)
        assert answer.headers["Content-Type"] == each.media_type
        assert f'filename="{each.name}"' in answer.headers["Content-Disposition"]
        assert len(answer.content) == each.size
        assert hashlib.sha256(answer.content).hexdigest() == each.sha256
        assert each.created == job.complete_time


def test_should_say_so_when_a_result_has_no_such_file(site: Site) -> None:
    job = annotated(site, site.user(), VCF.decode())
    with pytest.raises(NoSuchResultFile, match="no such file"):
        site.services.results.files.find(job, FileKind.GENOTYPES)


def test_should_leave_summary_and_log_when_the_result_is_archived(site: Site) -> None:
    job = annotated(site, site.user(), VCF.decode())
    job = ResultStates(site.annotations).archived(job, {"vcf": "1"})
    files = site.services.results.files
    assert [each.kind for each in files.all(job)] == [FileKind.SUMMARY, FileKind.LOG]
    with pytest.raises(NoSuchResultFile, match="archived"):
        files.find(job, FileKind.VCF)


def test_should_have_no_files_when_a_job_waits(site: Site) -> None:
    job = site.job(site.user())
    assert site.services.results.files.all(job) == []
