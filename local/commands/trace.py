"""`./gas trace`: what a job went through, and how long each step took."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.aws.xray import MOST_SPANS, Span
from local.errors import LocalError
from local.host.run_state import Run

SERVICE = re.compile(r"^gas-[a-z0-9]+-")
"""What the name of a service begins with; the rest is the process."""

JOB_ID = re.compile(r"(?:.*/jobs/)?([A-Za-z0-9-]{1,64})/?")
"""The id of a job, or the address of its page."""


def job_id_in(text: str) -> str:
    """Return the id of the job that an argument of the command names.

    Raises:
        LocalError: it names none.
    """
    found = JOB_ID.fullmatch(text)
    if found is None:
        raise LocalError(f"{text!r} is no job. Give its id, or the address of its page.")
    return found[1]


def traces_url(run: Run) -> str:
    """Return where the platform keeps its traces.

    Raises:
        LocalError: it keeps none.
    """
    if run.traces_url is None:
        raise LocalError("The platform keeps no traces. Start it again: ./gas up --traces")
    return run.traces_url


def show_job(spans: Sequence[Span], job_id: str, console: Console) -> None:
    """Print the traces of a job. Requests for its pages, which did nothing else, are counted.

    Raises:
        LocalError: there are none.
    """
    if not spans:
        raise LocalError(
            f"No trace of job {job_id}. Check the id: it is in the address of the job's page. Of "
            f"a run, the last {MOST_SPANS:,} spans are kept."
        )
    traces: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        traces[span.trace_id].append(span)
    for trace_id, members in traces.items():
        if len(members) > 1:
            _show_trace(trace_id, members, console)
    pages = Counter(members[0].name for members in traces.values() if len(members) == 1)
    if pages:
        console.print("Requests for its pages, a trace each:")
        for name, count in pages.most_common():
            console.print(f"  {count:4} {escape(name)}", highlight=False)


def _show_trace(trace_id: str, spans: Sequence[Span], console: Console) -> None:
    began = min(span.started for span in spans)
    took = max(span.ended for span in spans) - began
    console.print(f"Trace {trace_id}, {took:.3f} s", highlight=False)
    table = Table("Began", "Took", "Process", "Step", box=None, padding=(0, 2, 0, 0))
    for depth, span in _tree(spans):
        table.add_row(
            f"{span.started - began:.3f} s",
            f"{span.ended - span.started:.3f} s",
            SERVICE.sub("", span.process),
            f"{'  ' * depth}{escape(span.name)}{_outcome(span)}",
        )
    console.print(table)
    console.print()


def _tree(spans: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """Yield the spans with their depth, each one after its parent."""
    known = {span.span_id for span in spans}
    children: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(spans, key=lambda span: span.started):
        # The parent may not have ended yet.
        children[span.parent_id if span.parent_id in known else ""].append(span)

    def below(parent: str, depth: int) -> Iterator[tuple[int, Span]]:
        for child in children[parent]:
            yield depth, child
            yield from below(child.span_id, depth + 1)

    yield from below("", 0)


def _outcome(span: Span) -> str:
    status = span.attributes.get("http.response.status_code", "")
    error = span.attributes.get("error.type", "failed" if span.failed else "")
    back = "handed back" if "gas.handed_back" in span.attributes else ""
    said = " ".join(filter(None, [status, error, back]))
    return f" [bold]{escape(said)}[/bold]" if said else ""
