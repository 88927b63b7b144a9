"""A report is one file that tells everything, and brings nothing from outside."""

import html
import re
from functools import cache
from html.parser import HTMLParser

from loadtest.history import History
from loadtest.report import NO_HISTORY, figures_table, render
from tests.unit.loadtest.runs import result


@cache
def page_of_a_run() -> str:
    return render(result())


class Addresses(HTMLParser):
    """Everything that a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            f"{tag} {value}"
            for name, value in attrs
            if name in ("src", "href", "xlink:href", "data") and not (value or "").startswith("#")
        ]
        if tag in ("script", "iframe", "link", "object"):
            self.found.append(tag)


def test_should_fetch_nothing_when_a_report_is_opened() -> None:
    reader = Addresses()
    page = page_of_a_run()
    reader.feed(page)

    assert reader.found == []
    assert re.findall(r"url\((?!#)|@import", page) == []


def test_should_show_load_capacity_and_alarms_under_one_time_axis_when_a_fleet_scaled() -> None:
    page = page_of_a_run()

    assert page.count("<svg") == 1
    for text in ("requests/s", "response time", "desired", "2XX_Count &gt; 200", "seconds"):
        assert text in page
    assert "2 → 3" in page
    assert "alarm &lt;High&gt; in ALARM at 5856" in page


def test_should_show_what_others_wrote_as_text_when_it_looks_like_markup() -> None:
    assert "<script>" not in page_of_a_run()


def test_should_say_that_the_history_is_not_known_when_nobody_told_it() -> None:
    page = render(result(History()))

    assert html.escape(NO_HISTORY) in page
    assert "Scaling activities" not in page


def test_should_name_the_faults_when_there_were_some() -> None:
    assert "Everything went well" in page_of_a_run()
    page = render(result(faults=["3 of 100 requests failed."]))
    assert "Everything went well" not in page
    assert "3 of 100 requests failed." in page


def test_should_put_the_originals_figures_beside_ours_when_it_had_such_a_test() -> None:
    assert figures_table(result()).rows == [
        ("requests", "29,000", "29,458"),
        ("failures", "0", "55"),
        ("median", "4 ms", "17 ms"),
        ("average", "5 ms", "45 ms"),
        ("maximum", "1,250 ms", "9,707 ms"),
        ("requests per second", "96.0", "97.6"),
    ]
