"""What a spreadsheet makes of an exported table."""

import re

import pytest

from runtime.common.job import Job
from runtime.common.users import User
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import vcf_of
from tests.unit.web.variants.results import annotated, exported, table_of

FORMULAS = ["=1+1", "+1+1", "-2+3+cmd", "@SUM(A1)", "=HYPERLINK(x)"]
HARMLESS = ["rs1", "-5", "+3e5", "-", "-/K", "a=b", "1e-5"]


@pytest.mark.parametrize("form", ["variants.tsv", "effects.tsv"])
def test_should_let_no_spreadsheet_run_a_cell_of_a_table(
    site: Site, browser: Browser, owner: User, form: str
) -> None:
    ids = [*FORMULAS, *HARMLESS, "two\rlines", "two\u2028lines", "a\x0bb"]
    records = tuple(("chrM", 73, text, "A", "G", ".", ".") for text in ids)
    job = annotated(site, owner, vcf_of(records))

    safe = exported(browser, f"/jobs/{job.job_id}/{form}").content.decode()
    raw = exported(browser, f"/jobs/{job.job_id}/{form}?raw=1").content.decode()

    # As a tolerant reader parts lines; table_of fails where a row has another number of cells.
    one_line = [re.sub(r"[\r\u2028\x0b]", " ", text) for text in ids]
    assert [row["id"] for row in table_of(raw)] == one_line
    assert [row["id"] for row in table_of(safe)] == [
        f"'{text}" if text in FORMULAS else text for text in one_line
    ]


def test_should_say_what_raw_means_when_it_is_something_else(browser: Browser, job: Job) -> None:
    answer = browser.get(f"/jobs/{job.job_id}/variants.tsv?raw=yes")

    assert answer.status_code == 400
    assert "raw=1" in answer.text
