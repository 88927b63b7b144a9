"""`./gas up`: the whole platform, from the checks to the annotated sample, until it is stopped."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from local.aws.console_page import ConsolePage
from local.aws.ec2.auto_scaling_groups import read_launch
from local.cloud import Cloud, Ports
from local.commands.scaling_record import scaling_record
from local.errors import LocalError
from local.host import checks
from local.host.folder import Folder
from local.host.http_server import LoopThread
from local.host.processes import Identity, running_processes
from local.host.run_state import InstanceRecord, ProcessRecord, Run, ScalingRecord, only_run
from local.progress import Steps
from local.sample import fetch_sample
from local.site_client import JobView, SiteClient

SAMPLE_SECONDS = 120.0
"""Annotators may still be booting when the sample is submitted."""

REPORT_SECONDS = 1.0
"""How often the run file is brought up to date."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Options:
    """What `./gas up` was told. Without `emulator_port` the first free one is taken."""

    site_port: int = checks.SITE_PORT
    emulator_port: int | None = None
    check: bool = False
    time_scale: int = 1


def up(folder: Folder, options: Options, console: Console) -> int:
    """Run the platform until Ctrl-C, or with `check` until the sample has gone through it.

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
    with only_run(folder), _signals_interrupt():
        checks.check_port(options.site_port, "--port")
        ports = Ports(options.site_port, checks.choose_emulator_port(options.emulator_port))
        with Steps(console) as steps, _cloud(folder, ports, steps, options.time_scale) as cloud:
            try:
                _write_run(cloud, ready=False)
                cloud.start()
                page = _annotate_sample(cloud, steps)
            except KeyboardInterrupt:
                _ignore_signals()
                console.print("Interrupted; stopping what was started.")
                return 128 + signal.SIGINT
            console.print(f"Ready in {time.monotonic() - began:.1f} s.", highlight=False)
            if not options.check:
                with LoopThread() as servers, ConsolePage(_record_of(cloud), servers) as scaling:
                    _say_where(cloud, page, scaling.url, console)
                    _stay(cloud, console)
    return 0


@contextmanager
def _cloud(folder: Folder, ports: Ports, steps: Steps, time_scale: int) -> Iterator[Cloud]:
    """A cloud whose stop can't be interrupted, and that leaves no run file."""
    try:
        with Cloud(folder=folder, ports=ports, steps=steps, time_scale=time_scale) as cloud:
            try:
                yield cloud
            finally:
                _ignore_signals()
    finally:
        folder.run_file.unlink(missing_ok=True)


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Let each signal that asks for the end raise KeyboardInterrupt."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """Let what has begun to stop finish: it takes a bounded time."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _annotate_sample(cloud: Cloud, steps: Steps) -> str:
    """Submit the bundle's sample like a person would; return the address of its result page."""
    with steps.step("Annotate the sample") as step, tempfile.TemporaryDirectory() as folder:
        launch = read_launch(cloud.account, cloud.outputs.annotator_group)
        sample = fetch_sample(cloud.account, launch.user_data, Path(folder))
        site = SiteClient(cloud.site_url)
        site.sign_in(cloud.demo.email, cloud.demo.password)
        job = site.submit(sample)

        def show(status: str, percent: int) -> None:
            step.detail = f"{sample.name}, {status} {percent} %"
            cloud.require_bootable()

        view = site.wait(job.job_id, seconds=SAMPLE_SECONDS, on_progress=show)
        site.close()
        _require_completed(view)
        return job.url


def _require_completed(view: JobView) -> None:
    if view.job_status != "COMPLETED":
        raise LocalError(f"The sample's job is {view.job_status}: {view.error}")


def _record_of(cloud: Cloud) -> Callable[[], ScalingRecord | None]:
    return lambda: scaling_record(cloud)


def _say_where(cloud: Cloud, page: str, scaling: str, console: Console) -> None:
    lines = (
        ("Site", cloud.site_url),
        ("E-mail", cloud.demo.email),
        ("Password", cloud.demo.password),
        ("Sample", page),
        ("Scaling", scaling),
    )
    console.print()
    for name, value in lines:
        console.print(f"  {name:9} [bold]{escape(value)}[/bold]", highlight=False, soft_wrap=True)
    console.print()
    hint = "Ctrl-C stops it. In another terminal: ./gas status, ./gas mail, ./gas submit FILE"
    console.print(hint, soft_wrap=True)


def _stay(cloud: Cloud, console: Console) -> None:
    """Keep the run file up to date until Ctrl-C.

    Raises:
        LocalError: the emulator ended on its own.
    """
    told: set[str] = set()
    try:
        while True:
            cloud.require_emulator()
            _write_run(cloud, ready=True)
            for trouble in _troubles(cloud):
                if trouble not in told:
                    told.add(trouble)
                    console.print(f"[yellow]{escape(trouble)}[/yellow]", highlight=False)
            threading.Event().wait(REPORT_SECONDS)
    except KeyboardInterrupt:
        _ignore_signals()
        console.print("Stopping.")


def _write_run(cloud: Cloud, *, ready: bool) -> None:
    me = Identity.of(os.getpid())
    started = [process.identity for process in running_processes()]
    Run(
        up=_record(me),
        site_url=cloud.site_url,
        endpoint_url=cloud.account.endpoint_url,
        ready=ready,
        instances=_instances(cloud) if ready else (),
        troubles=_troubles(cloud) if ready else (),
        processes=tuple(_record(identity) for identity in started if identity),
        scaling=scaling_record(cloud) if ready else None,
    ).write(cloud.folder)


def _troubles(cloud: Cloud) -> tuple[str, ...]:
    scaling = cloud.autoscaler.trouble if cloud.autoscaler else ""
    return (*cloud.fleets.troubles(), *filter(None, [scaling]))


def _record(identity: Identity | None) -> ProcessRecord:
    if identity is None:
        raise RuntimeError("a running process has no start time")
    return ProcessRecord(pid=identity.pid, start_time=identity.start_time)


def _instances(cloud: Cloud) -> tuple[InstanceRecord, ...]:
    states = cloud.target_states
    return tuple(
        InstanceRecord(
            group=instance.group,
            instance_id=instance.id,
            state=instance.state,
            port=instance.port,
            health=states.get(instance.id, ""),
        )
        for fleet in cloud.fleets.fleets
        for instance in tuple(fleet.instances)
    )
