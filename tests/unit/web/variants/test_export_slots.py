"""How many exports run at once, and how slow their readers may be."""

from pathlib import Path
from typing import Any

import pytest

from runtime.common.job import Job
from runtime.web.services.variants.export_slots import (
    GRACE_SECONDS,
    LEAST_BYTES_PER_SECOND,
    ReaderTooSlow,
    paced,
)
from runtime.web.services.variants.exporter import CHUNK_BYTES, VariantExporter
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.query_engine import QueryEngine, QueryLimits
from tests.unit.clock import Clock
from tests.unit.web.site import Browser, Site


def test_should_ask_for_patience_when_many_exports_run(
    own_site: Site, result_of_own_site: tuple[Browser, Job], folder: Path
) -> None:
    browser, job = result_of_own_site
    own_site.replace_variants(
        engine=QueryEngine(folder, QueryLimits(exports=0)),
    )
    answer = browser.get(f"/jobs/{job.job_id}/variants.tsv")
    assert (answer.status_code, "Try again in a minute" in answer.text) == (503, True)


@pytest.mark.parametrize("form", ["tsv", "parquet", "vcf.gz"])
def test_should_let_one_user_hold_few_exports_and_none_of_the_pages(
    own_site: Site, result_of_own_site: tuple[Browser, Job], form: str
) -> None:
    browser, job = result_of_own_site
    exporter = VariantExporter(own_site.services.variants, own_site.services.results)
    slow: list[Any] = [
        exporter.effects_tsv(job, VariantFilter()) for _ in range(QueryLimits().exports_of_user)
    ]
    for each in slow:
        next(each)

    refused = browser.get(f"/jobs/{job.job_id}/variants.{form}")
    assert (refused.status_code, "other exports" in refused.text) == (429, True)
    assert browser.get(f"/jobs/{job.job_id}/variants").status_code == 200

    slow.pop().close()
    assert browser.get(f"/jobs/{job.job_id}/variants.{form}").status_code == 200


def test_should_cut_off_a_reader_who_is_too_slow() -> None:
    clock = Clock()
    fast = paced((bytes(CHUNK_BYTES) for _ in range(50)), clock)
    for chunk in fast:
        clock.advance(len(chunk) / LEAST_BYTES_PER_SECOND)

    slow = paced((bytes(CHUNK_BYTES) for _ in range(50)), clock)
    taken: list[int] = []

    def read_slowly() -> None:
        for chunk in slow:
            taken.append(len(chunk))
            clock.advance(2 * len(chunk) / LEAST_BYTES_PER_SECOND)

    with pytest.raises(ReaderTooSlow):
        read_slowly()
    assert sum(taken) > LEAST_BYTES_PER_SECOND * GRACE_SECONDS / 2


def test_should_free_its_slot_when_the_reader_leaves(site: Site, job: Job) -> None:
    exporter = VariantExporter(site.services.variants, site.services.results)
    for _ in range(QueryLimits().exports + 1):
        stream: Any = exporter.effects_tsv(job, VariantFilter())
        next(stream)
        stream.close()
