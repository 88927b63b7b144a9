"""The table of a run, and the sentences below it."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chaos.run import Outcome

ROWS = {
    "times that it struck": "times",
    "  of these while work went on": "at_work",
    "jobs": "jobs",
    "  COMPLETED": "completed",
    "  lost": "lost",
    "  wrong": "wrong",
    "most attempts that a job had": "attempts",
    "emails missing": "missing",
    "emails sent twice by the kill itself": "twice",
}
"""What the table's lines say, and the attribute of `Findings` that they show."""

TWICE = (
    "{count} came twice: a process was cut off after SES had taken an email and before that was "
    "noted. SES takes no token that would keep it from sending again, so an email comes at least "
    "once, and twice in this case alone."
)


def show(outcome: Outcome, console: Console) -> int:
    """Print the table and what is wrong; return the exit code: 0 when nothing is."""
    table = Table("", title="Chaos", title_justify="left")
    for each in outcome.findings:
        table.add_column(each.name, justify="right")
    for label, attribute in ROWS.items():
        table.add_row(label, *(f"{getattr(each, attribute):,}" for each in outcome.findings))
    console.print(table)
    console.print(
        f"Messages left in queues: {outcome.messages_left}. "
        f"Processes left of killed instances: {outcome.processes_left}.",
        soft_wrap=True,
    )
    if twice := sum(each.twice for each in outcome.findings):
        console.print(TWICE.format(count=twice), soft_wrap=True)
    for fault in outcome.faults:
        console.print(f"[red]{escape(fault)}[/red]", soft_wrap=True)
    return 1 if outcome.faults else 0
