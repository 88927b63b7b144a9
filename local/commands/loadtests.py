"""`./gas loadtest`: finds the site, runs a load test of `loadtest/`, and publishes its result."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from rich.console import Console

from loadtest import history, profiles
from loadtest.annotator_run import Annotators, load_annotators
from loadtest.deployment import Deployment
from loadtest.hosts import require_permission, site_of
from loadtest.load_test_error import LoadTestError
from loadtest.profiles import Profile
from loadtest.removal import read_accounts, remove_accounts
from loadtest.result import Result
from loadtest.rhythm import Rhythm
from loadtest.settings import Settings
from loadtest.signals import interruptible, uninterrupted
from loadtest.site_load import Load, Site, load_site
from local.aws.account import Account
from local.aws.outbox import outbox_url
from local.commands.loadtest_report import make_folder, publish_result
from local.commands.running import as_local_errors, fetch_default_sample, require_ready
from local.host import run_state
from local.host.folder import Folder
from local.host.run_state import Run, ScalingRecord

STACKS = "gas-local-"
"""The prefix of the names of the laptop's stacks."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The options of the command; None stands for the profile's value."""

    url: str | None = None
    yes: bool = False
    users: int | None = None
    users_per_s: float | None = None
    seconds: int | None = None
    max_requests: int
    out: Path | None = None
    docs: Path | None = None


def run_site_load(name: str, wanted: Wanted, console: Console) -> int:
    """Run a load test of the site; return the exit code: 0 if nothing failed.

    Raises:
        LocalError: it couldn't be run.
    """
    profile: Profile = getattr(profiles, name.upper())
    load = Load(
        users=wanted.users or profile.users,
        users_per_s=wanted.users_per_s or profile.users_per_s,
        seconds=wanted.seconds or profile.seconds,
        max_requests=wanted.max_requests,
    )
    with as_local_errors(), interruptible():
        url, run = _find_site(wanted, str(load))
        site = Site(url=url, look=_look(run), pace=_pace(run))
        out = make_folder(wanted.out, name)
        if name == "researcher":
            result = _with_researchers(
                run, out, wanted, lambda settings: load_site(profile, load, site, settings, out)
            )
        else:
            settings = Settings(folder=out, max_requests=wanted.max_requests)
            result = load_site(profile, load, site, settings, out)
        return publish_result(result, out, wanted.docs, console)


def run_annotator_load(
    rhythm: Rhythm, scale: int | None, *, out: Path | None, docs: Path | None, console: Console
) -> int:
    """Run the load test of the annotators; return the exit code: 0 if all jobs are COMPLETED.

    Raises:
        LocalError: it couldn't be run.
    """
    run = require_ready()
    target = make_folder(out, "annotator")
    with (
        as_local_errors(),
        interruptible(),
        tempfile.TemporaryDirectory(prefix="gas-loadtest-") as folder,
    ):
        account = Account(run.endpoint_url)
        sample = fetch_default_sample(account, Path(folder))
        to = Annotators(
            deployment=Deployment.find(account, STACKS),
            vcf=sample.vcf,
            reference=sample.reference,
            look=_look(run),
            scale=scale or (run.scaling.time_scale if run.scaling else 1),
            pace=_pace(run),
        )
        console.print(f"{rhythm}. The first job comes with the alarms' next minute.")
        with console.status("") as status:
            show = status.update if console.is_terminal else _Lines(console)
            result = load_annotators(rhythm, to, show)
        return publish_result(result, target, docs, console)


class _Lines:
    """Prints each change of the progress on a line of its own, for output that isn't a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = ""

    def __call__(self, text: str) -> None:
        if text != self._last:
            self._console.print(text)
            self._last = text


def _find_site(wanted: Wanted, load: str) -> tuple[str, Run | None]:
    """Return the site's URL, and the run if it is the platform of this machine."""
    if wanted.url is None:
        run = require_ready()
        return run.site_url, run
    url = site_of(wanted.url)
    ask = typer.confirm if sys.stdin.isatty() else None
    require_permission(url, load, yes=wanted.yes, ask=ask)
    here = run_state.running(Folder.of_repository())
    return url, here if here is not None and here.ready and here.site_url == url else None


def _with_researchers(
    run: Run | None, out: Path, wanted: Wanted, load: Callable[[Settings], Result]
) -> Result:
    """Run a load test with users who open accounts; remove these and their jobs afterwards."""
    if run is None:
        raise LoadTestError(
            "Researchers confirm their address with a link in an email, which is read from this "
            f"machine's outbox. {wanted.url} has no such outbox. Run it against ./gas up, without "
            "--url."
        )
    account = Account(run.endpoint_url)
    settings = Settings(
        folder=out,
        max_requests=wanted.max_requests,
        vcf=fetch_default_sample(account, out).vcf,
        outbox_url=outbox_url(account),
    )
    left: list[str] = []
    try:
        result = load(settings)
    finally:
        with uninterrupted():
            accounts = read_accounts(settings.accounts_file)
            left = remove_accounts(Deployment.find(account, STACKS), accounts)
    return replace(result, faults=[*result.faults, *left])


def _look(run: Run | None) -> history.Look:
    """Return a function for the state of the groups; it returns None without a local platform."""
    if run is None:
        return lambda: None
    return _look_here


def _look_here() -> history.Snapshot | None:
    run = run_state.running(Folder.of_repository())
    return snapshot(run.scaling) if run and run.scaling else None


def snapshot(scaling: ScalingRecord) -> history.Snapshot:
    """Convert the state of a run's groups and alarms."""
    return history.Snapshot(
        time=history.now(),
        groups=tuple(history.GroupSize(g.group, g.desired, g.running) for g in scaling.groups),
        alarms=tuple(history.Alarm(a.group, a.title, a.condition, a.state) for a in scaling.alarms),
        activities=tuple(
            history.Activity(
                time=a.time.timestamp(),
                group=a.group,
                capacity_from=a.capacity_from,
                capacity_to=a.capacity_to,
                cause=a.cause,
            )
            for a in scaling.activities
        ),
    )


def _pace(run: Run | None) -> str:
    if run is None or run.scaling is None:
        return "not known"
    return f"a minute of the alarms lasted {60 // run.scaling.time_scale} s"
