"""The output of a load test: its folder, its report, its figures in the documentation."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from loadtest.docs import refresh_page, write_plot
from loadtest.report import figures_table, write_report
from loadtest.result import Result
from local.errors import LocalError
from local.host.folder import Folder

PAGE = "load-tests.md"
"""The page of the documentation with the figures."""


def make_folder(out: Path | None, name: str) -> Path:
    """Create the folder of a run: `out`, or a new one.

    Raises:
        LocalError: that isn't possible.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    folder = out or Folder.of_repository().root / "loadtest" / f"{name}-{stamp}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(f"{folder} can't be created: {error.strerror}.") from error
    return folder.resolve()


def publish_result(result: Result, out: Path, docs: Path | None, console: Console) -> int:
    """Write report and picture, print the figures, and return the exit code: 0 without faults.

    Raises:
        LoadTestError: the page of the documentation has no markers for this run.
    """
    report = out / "report.html"
    write_report(result, report)
    written = [report, write_plot(result, out)]
    if docs is not None:
        written.append(write_plot(result, docs / "images"))
        refresh_page(result, docs / PAGE)
        written.append(docs / PAGE)
    found = figures_table(result)
    table = Table(title=f"{result.title}: load test", title_justify="left")
    for number, column in enumerate(found.columns):
        table.add_column(column, justify="right" if number in found.numbers else "left")
    for row in found.rows:
        table.add_row(*row)
    console.print(table)
    for sentence in (*result.notes, *result.faults):
        console.print(sentence, soft_wrap=True)
    for path in written:
        console.print(str(path), soft_wrap=True)
    return 1 if result.faults else 0
