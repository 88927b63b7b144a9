"""A load test's report: one HTML file that loads nothing from elsewhere."""

import html
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from loadtest.result import Result, Table

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: load test</title>
<style>
:root {{ color-scheme: light }}
body {{ font: 15px/1.5 system-ui, sans-serif; color: #1d2329; background: #fff;
  margin: 2rem auto; max-width: 62rem; padding: 0 1rem }}
h1 {{ font-size: 1.6rem; margin-bottom: .25rem }} h2 {{ font-size: 1.15rem; margin-top: 2rem }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; padding: .3rem 1.5rem .3rem 0; border-bottom: 1px solid #e3e6ea;
  vertical-align: top }}
th.number, td.number {{ text-align: right; font-variant-numeric: tabular-nums }}
.scroll {{ overflow-x: auto }}
.fault {{ border-left: 4px solid #b00020; padding: .4rem .8rem; background: #fdf1f2 }}
.good {{ border-left: 4px solid #2f8553; padding: .4rem .8rem; background: #f0f8f3 }}
svg {{ width: 100%; height: auto }}
</style></head>
<body><main><h1>{title}: load test</h1>
{verdict}
{body}
</main></body></html>
"""

NO_HISTORY = (
    "The state of the fleets isn't known: it is recorded only for the platform that ./gas up runs "
    "on this machine."
)


def write_report(result: Result, file: Path) -> None:
    """Write the report; raises OSError when the file can't be written."""
    file.write_text(render(result), encoding="utf-8")


def render(result: Result) -> str:
    """Return the report's HTML."""
    parts = [
        *(f"<p>{html.escape(note)}</p>" for note in result.notes),
        _table(figures_table(result)),
        f"<h2>The run, second by second</h2>{_picture(result)}",
    ]
    if result.history.snapshots:
        parts.append(_table(activities_table(result)))
    else:
        parts.append(f"<p>{html.escape(NO_HISTORY)}</p>")
    parts.extend(_table(table) for table in result.tables)
    parts.append(_table(Table("What was run", ("What", ""), list(result.facts))))
    return PAGE.format(
        title=html.escape(result.title), verdict=_verdict(result), body="\n".join(parts)
    )


def figures_table(result: Result) -> Table:
    """Return the figures, and those of the original if there are any."""
    if not any(row.original for row in result.figures):
        rows = [(row.what, row.here) for row in result.figures]
        return Table("Figures", ("Figure", "This run"), rows, frozenset({1}))
    rows_of_three = [(row.what, row.here, row.original) for row in result.figures]
    columns = ("Figure", "This run", "The original, 2017")
    return Table("Figures", columns, rows_of_three, frozenset({1, 2}))


def activities_table(result: Result) -> Table:
    """Return the scaling activities during the run."""
    start = result.history.snapshots[0].time
    rows = [
        (
            f"{datetime.fromtimestamp(activity.time, UTC):%H:%M:%S}",
            f"{max(activity.time - start, 0):.0f}",
            activity.group,
            f"{activity.capacity_from} → {activity.capacity_to}",
            activity.cause,
        )
        for activity in result.history.activities(result.fleets)
    ]
    columns = ("Time (UTC)", "Second", "Group", "Capacity", "Cause")
    nothing = [("-", "-", ", ".join(result.fleets), "-", "no alarm changed the capacity")]
    return Table("Scaling activities", columns, rows or nothing, frozenset({1}))


def _verdict(result: Result) -> str:
    if not result.faults:
        return '<p class="good">Everything went well.</p>'
    return "\n".join(f'<p class="fault">{html.escape(fault)}</p>' for fault in result.faults)


def _picture(result: Result) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.svg"
        result.draw(file)
        drawn = file.read_text(encoding="utf-8")
    svg = drawn[drawn.index("<svg") :]
    return f'<figure class="scroll" style="margin:0">{svg}</figure>'


def _table(table: Table) -> str:
    def cells(tag: str, texts: Iterable[str]) -> str:
        return "".join(
            f"<{tag}{_class(table, number)}>{html.escape(text)}</{tag}>"
            for number, text in enumerate(texts)
        )

    head = cells("th", table.columns)
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in table.rows)
    return (
        f'<h2>{html.escape(table.title)}</h2><div class="scroll"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _class(table: Table, column: int) -> str:
    return ' class="number"' if column in table.numbers else ""
