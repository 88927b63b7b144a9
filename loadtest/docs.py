"""Writes a run's picture and figures into the documentation."""

from pathlib import Path

from loadtest.load_test_error import LoadTestError
from loadtest.report import figures_table
from loadtest.result import Result, Table


def write_plot(result: Result, folder: Path) -> Path:
    """Draw a run's picture into a folder; return the file. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"load-{result.name}.png"
    result.draw(file)
    return file


def refresh_page(result: Result, page: Path) -> None:
    """Replace the text about a run, between its two markers in a page.

    Raises:
        LoadTestError: the page has no such markers.
    """
    begin, end = f"<!-- {result.name}: begin -->", f"<!-- {result.name}: end -->"
    text = page.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise LoadTestError(f"{page} has no markers '{begin}' and '{end}' to write between.")
    before, after = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    page.write_text(f"{before}\n\n{section(result)}\n\n{after}", encoding="utf-8")


def section(result: Result) -> str:
    """Return the text about a run as Markdown."""
    facts = [f"- {name}: {text}" for name, text in result.facts]
    faults = [f"- **{fault}**" for fault in result.faults]
    return "\n".join([*facts, *faults, "", *_markdown(figures_table(result))])


def _markdown(table: Table) -> list[str]:
    line = "| " + " | ".join(table.columns) + " |"
    rule = "|" + "|".join(
        "---:" if n in table.numbers else "---" for n in range(len(table.columns))
    )
    return [line, rule + "|", *("| " + " | ".join(row) + " |" for row in table.rows)]
