"""`./gas status`: what runs, how it scales, and any problems."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.host.run_state import Run, ScalingRecord

STATE_COLOURS = {"OK": "green", "ALARM": "red", "INSUFFICIENT_DATA": "dim"}


def show_status(run: Run, console: Console) -> None:
    """Print the contents of the run file."""
    state = "ready" if run.ready else "starting"
    console.print(f"{run.site_url} is {state} (process {run.up.pid}); AWS at {run.endpoint_url}")
    if run.instances:
        table = _table("Group", "Instance", "State", "Port", "Health")
        for instance in run.instances:
            row = (instance.group, instance.instance_id, instance.state, str(instance.port))
            table.add_row(*row, instance.health)
        console.print(table)
    if run.scaling:
        _show_scaling(run.scaling, console)
    for problem in run.problems:
        console.print(f"[yellow]{escape(problem)}[/yellow]", soft_wrap=True)


def _show_scaling(scaling: ScalingRecord, console: Console) -> None:
    pace = f", {scaling.time_scale} times as fast" if scaling.time_scale > 1 else ""
    console.print(f"\nScaling{pace}")
    groups = _table("Group", "Desired", "Running", "Min", "Max")
    for group in scaling.groups:
        sizes = (group.desired, group.running, group.minimum, group.maximum)
        groups.add_row(group.group, *map(str, sizes))
    console.print(groups)
    alarms = _table("Group", "State", "Newest", "Alarm, and when it is in ALARM")
    for alarm in scaling.alarms:
        colour = STATE_COLOURS[alarm.state]
        value = "" if alarm.value is None else f"{alarm.value:.4g}"
        shown = f"[{colour}]{alarm.state}[/{colour}]"
        rule = f"{escape(alarm.title)}\n  [dim]{escape(alarm.condition)}[/dim]"
        alarms.add_row(alarm.group, shown, value, rule)
    console.print(alarms)
    console.print("\nActivities, the newest last" if scaling.activities else "\nNo activities yet")
    for activity in scaling.activities:
        console.print(
            f"{activity.time:%Y-%m-%d %H:%M:%S}Z {activity.group}: "
            f"{activity.capacity_from} -> {activity.capacity_to}, {escape(activity.cause)}",
            soft_wrap=True,
        )


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
