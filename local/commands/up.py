"""`./gas up`: the whole platform, from the checks to the annotated sample, until it is stopped."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from loadtest.signals import STOPS, interruptible
from local.aws.autoscaling.autoscaler import Autoscaler
from local.cloud import Cloud, Ports
from local.commands.scaling_record import scaling_record
from local.commands.stage import describe
from local.deployed_platform import DeployedPlatform
from local.host import checks
from local.host.folder import Folder
from local.host.processes import Identity, running_processes
from local.host.run_state import InstanceRecord, ProcessRecord, Run, only_run
from local.progress import Steps
from local.references import find_references
from local.site_check import SAMPLE_NAME, annotate_sample
from local.site_client import SiteClient

SAMPLE_SECONDS = 120.0
"""Annotators may still be booting when the sample is submitted."""

REPORT_SECONDS = 1.0
"""How often the run file is updated."""


@dataclass(frozen=True)
class Options:
    """The options of `./gas up`. Without `emulator_port` the first free one is taken.

    `references` are folders of bundles that are offered beside those of stage `local`. `like` is a
    stage whose fleets and network the laptop has. With `traces` it keeps the last spans.
    """

    site_port: int = checks.SITE_PORT
    emulator_port: int | None = None
    check: bool = False
    time_scale: int = 1
    references: tuple[Path, ...] = ()
    like: str | None = None
    traces: bool = False


def up(folder: Folder, options: Options, console: Console) -> int:
    """Run the platform until Ctrl-C, or with `check` until the sample is annotated.

    Returns:
        The exit code: 0 when it was stopped in order, 1 when a check failed, 130 when it was
        interrupted before it was ready.

    Raises:
        LocalError: it can't be run; everything that was started has been stopped.
    """
    began = time.monotonic()
    checks.check_python()
    checks.check_tools()
    checks.check_folder(folder)
    references = find_references(options.references)
    if options.like:
        describe(options.like)  # refuses a stage that there isn't, before anything starts
    with only_run(folder), interruptible():
        checks.check_port(options.site_port, "--port")
        ports = Ports(options.site_port, checks.choose_emulator_port(options.emulator_port))
        with (
            Steps(console) as steps,
            _cloud(
                Cloud(
                    folder=folder,
                    ports=ports,
                    steps=steps,
                    references=references,
                    like=options.like,
                    traces=options.traces,
                )
            ) as cloud,
            ExitStack() as scaling,
        ):
            try:
                _new_run(cloud).write(folder)
                platform = cloud.start()
                autoscaler = scaling.enter_context(platform.autoscaler(options.time_scale))
                page = _annotate_sample(platform, cloud.references_seconds, steps)
            except KeyboardInterrupt:
                _ignore_signals()
                console.print("Interrupted; stopping what was started.")
                return 128 + signal.SIGINT
            console.print(f"Ready in {time.monotonic() - began:.1f} s.", highlight=False)
            if not options.check:
                _stay(cloud, platform, autoscaler, page, console)
    return 0


@contextmanager
def _cloud(cloud: Cloud) -> Iterator[Cloud]:
    """Have the cloud's stop not be interrupted, and delete its run file at the end."""
    try:
        with cloud:
            try:
                yield cloud
            finally:
                _ignore_signals()
    finally:
        cloud.folder.run_file.unlink(missing_ok=True)


def _ignore_signals() -> None:
    """Don't let a signal interrupt a stop that has begun: it takes a bounded time."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)


def _annotate_sample(platform: DeployedPlatform, booting: float, steps: Steps) -> str:
    """Annotate the sample as `./gas check` does; return the URL of its result page.

    Annotators may take `booting` seconds longer to boot, because of further references.
    """
    with steps.step("Annotate the sample") as step, SiteClient(platform.site_url) as site:
        site.sign_in(platform.demo.email, platform.demo.password)

        def show(status: str, percent: int) -> None:
            step.detail = f"{SAMPLE_NAME}, {status} {percent} %"
            platform.instances.require_bootable()

        checked = annotate_sample(site, seconds=SAMPLE_SECONDS + booting, on_progress=show)
    return checked.job.url


def _stay(
    cloud: Cloud, platform: DeployedPlatform, autoscaler: Autoscaler, page: str, console: Console
) -> None:
    """Show where everything is, then keep the run file up to date until Ctrl-C.

    Raises:
        LocalError: the emulator ended by itself.
    """
    _show_addresses(platform, page, console)
    shown: set[str] = set()
    try:
        while True:
            cloud.emulator.require_running()
            run = _ready_run(cloud, platform, autoscaler)
            run.write(cloud.folder)
            for problem in run.problems:
                if problem not in shown:
                    shown.add(problem)
                    console.print(f"[yellow]{escape(problem)}[/yellow]", highlight=False)
            threading.Event().wait(REPORT_SECONDS)
    except KeyboardInterrupt:
        _ignore_signals()
        console.print("Stopping.")


def _show_addresses(platform: DeployedPlatform, page: str, console: Console) -> None:
    lines = (
        ("Site", platform.site_url),
        ("Email", platform.demo.email),
        ("Password", platform.demo.password),
        ("Sample", page),
        ("Scaling", f"{platform.site_url}/operator/scaling"),
    )
    console.print()
    for name, value in lines:
        console.print(f"  {name:9} [bold]{escape(value)}[/bold]", highlight=False, soft_wrap=True)
    console.print()
    console.print(
        f"The page of the scaling is for operators: ./gas operators add {platform.demo.email} "
        "--stage local",
        highlight=False,
        soft_wrap=True,
    )
    hint = "Ctrl-C stops it. In another terminal: ./gas status, ./gas mail, ./gas submit FILE"
    if platform.xray:
        hint += ", ./gas trace JOB"
    console.print(hint, soft_wrap=True)


def _new_run(cloud: Cloud) -> Run:
    """Describe a run that is starting."""
    started = [process.identity for process in running_processes(cloud.folder.root)]
    return Run(
        up=_record(Identity.of(os.getpid())),
        site_url=cloud.site_url,
        endpoint_url=cloud.account.endpoint_url,
        processes=tuple(_record(identity) for identity in started if identity),
    )


def _ready_run(cloud: Cloud, platform: DeployedPlatform, autoscaler: Autoscaler) -> Run:
    problems = (*platform.instances.problems(), *filter(None, [autoscaler.problem]))
    return _new_run(cloud).model_copy(
        update={
            "ready": True,
            "instances": _instances(platform),
            "problems": problems,
            "scaling": scaling_record(platform, autoscaler),
            "traces_url": platform.xray.url if platform.xray else None,
        }
    )


def _record(identity: Identity | None) -> ProcessRecord:
    if identity is None:
        raise RuntimeError("a running process has no start time")
    return ProcessRecord(pid=identity.pid, start_time=identity.start_time)


def _instances(platform: DeployedPlatform) -> tuple[InstanceRecord, ...]:
    states = platform.target_states
    return tuple(
        InstanceRecord(
            group=instance.group,
            instance_id=instance.id,
            state=instance.state,
            port=instance.port,
            health=states.get(instance.id, ""),
        )
        for members in platform.instances.groups
        for instance in tuple(members.instances)
    )
