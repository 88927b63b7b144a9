"""Compares a run with the original's, as rows of a table."""

from dataclasses import dataclass

from loadtest.profiles import Figures


@dataclass(frozen=True)
class Row:
    """A figure of this run, and the same figure of the original if there is one."""

    what: str
    here: str
    original: str = ""


def compare(here: Figures, original: Figures | None) -> list[Row]:
    """Return the rows of a run's figures."""
    return [
        Row(what, text, "" if original is None else _texts(original)[what])
        for what, text in _texts(here).items()
    ]


def _texts(figures: Figures) -> dict[str, str]:
    return {
        "requests": f"{figures.requests:,}",
        "failures": f"{figures.failures:,}",
        "median": f"{figures.median_ms:,.0f} ms",
        "average": f"{figures.average_ms:,.0f} ms",
        "maximum": f"{figures.maximum_ms:,.0f} ms",
        "requests per second": f"{figures.requests_per_s:,.1f}",
    }
