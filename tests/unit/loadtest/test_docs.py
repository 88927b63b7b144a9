"""The documentation's figures and pictures are those of a run."""

from pathlib import Path

import pytest

from loadtest.docs import refresh_page, write_plot
from loadtest.load_test_error import LoadTestError
from tests.unit.loadtest.runs import result

PAGE = """# Load tests

<!-- home: begin -->
old
<!-- home: end -->

The end.
"""


def test_should_replace_what_the_page_said_before_when_a_run_is_written_into_it(
    tmp_path: Path,
) -> None:
    page = tmp_path / "load-tests.md"
    page.write_text(PAGE)

    refresh_page(result(), page)
    once = page.read_text()
    refresh_page(result(), page)

    assert page.read_text() == once
    assert "old" not in once
    assert once.startswith("# Load tests\n\n<!-- home: begin -->\n")
    assert once.endswith("<!-- home: end -->\n\nThe end.\n")
    assert "- Machine: 2 cores\n" in once
    assert "| requests | 29,000 | 29,458 |\n" in once


def test_should_say_what_is_missing_when_the_page_has_no_place_for_a_run(tmp_path: Path) -> None:
    page = tmp_path / "load-tests.md"
    page.write_text(PAGE)

    with pytest.raises(LoadTestError, match="<!-- register: begin -->"):
        refresh_page(result(name="register"), page)


def test_should_draw_the_same_picture_when_the_run_is_the_same(tmp_path: Path) -> None:
    first = write_plot(result(), tmp_path / "one").read_bytes()

    assert first.startswith(b"\x89PNG")
    assert write_plot(result(), tmp_path / "two").read_bytes() == first
