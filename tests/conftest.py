"""Fixtures of all tests. The platform is deployed once a session, when a test asks for it."""

import gc
import signal
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from local.progress import Steps
from local.temporary import temporary_platform
from reference.rcrs.build import build_rcrs
from runtime.common.references import Offered, write_catalogue
from tests.cloud import DeployedCloud

SHARED = {"boot": "cloud", "browser": "cloud", "platform": "cloud", "stacks": "stacks"}
"""Suites whose tests share what takes long to make: one worker makes it, once."""


class BySuite(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives each of pytest-xdist's workers the shared suites as a whole, all others by module.

    Its own `--dist=loadgroup` would serve, but 3.8.0 writes the group to where pytest 9.2 doesn't
    read it.
    """

    def _split_scope(self, nodeid: str) -> str:
        suite = Path(nodeid).parts[1]
        return SHARED.get(suite, nodeid.partition("::")[0])


def pytest_configure() -> None:
    """Take Ctrl-C: a shell has what it starts in the background ignore it, and all that starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BySuite:
    """Divide the tests so, when `./gas test` asks for several workers."""
    return BySuite(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: compressed ones hold the time, and workers would disagree."""
    return argname if isinstance(val, bytes) and not val.isascii() else None


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the embedded reference bundle, built once. Tests that change files copy it.

    Its parent is as an instance has it that offers this reference alone.
    """
    folder = tmp_path_factory.mktemp("references") / "rcrs"
    build_rcrs(folder)
    write_catalogue(folder.parent, [Offered(name="rcrs", source="s3://assets/rcrs.zip")])
    return folder


@pytest.fixture(scope="session")
def sample(bundle_folder: Path) -> Path:
    """The sample VCF of that bundle."""
    return bundle_folder / "sample.vcf"


@pytest.fixture(scope="session")
def cloud() -> Iterator[DeployedCloud]:
    """The whole platform: real CDK, IAM enforced, its own state and ports, stopped at the end.

    It keeps traces, so that tests see those of jobs.
    """
    # pytest captures what is printed, and shows it when the platform doesn't start.
    with Steps(Console(stderr=True)) as steps, temporary_platform(steps, traces=True) as running:
        yield DeployedCloud(running)


@pytest.fixture(scope="session")
def genome_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the bundle of the invented genome (`tests/genome`). Not to be changed."""
    # Most tests don't need it, and polars takes a while to load.
    from tests.genome.bundle import build_genome  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("genome")
    build_genome(folder / "bundle", folder)
    return folder / "bundle"


def pytest_sessionfinish() -> None:
    """Empty the frames of errors that tests have looked at.

    pydantic's ValidationError holds its causes where the garbage collector can't see them. Those
    hold frames, and so every module to the end: DuckDB then reports all that it has as leaked.
    """
    for each in gc.get_objects():
        if issubclass(type(each), BaseException):
            traceback.clear_frames(each.__traceback__)
