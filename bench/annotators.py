"""A platform whose jobs are annotated with another bundle than that of its stage."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from bench.plans_processes import running_everywhere
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Steps
from runtime.common.manifest import FILE_NAME
from runtime.common.reference import Reference
from runtime.common.references import Offered, References, write_catalogue
from runtime.contract.environment import variable_name
from runtime.contract.sqs import LONG_POLL_SECONDS

START_SECONDS = 180.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.2
"""Between two looks at a log, which tells nobody that it has grown."""

LOADED = '"bundle loaded"'
"""In the log of an annotator that is about to poll."""


@contextmanager
def annotator_with(platform: DeployedPlatform, bundle: Path, steps: Steps) -> Iterator[None]:
    """Let an annotator with another bundle take all jobs while the context lasts.

    It has the settings and the role of the platform's own annotators, which stand still meanwhile.

    Raises:
        LocalError: it doesn't start.
    """
    own = [each.process for each in running_everywhere(platform, "annotator", "annotator")]
    with ExitStack() as stack:
        with steps.step("Stop the platform's own annotators") as step:
            for process in own:
                process.suspend()
                stack.callback(process.resume)
            step.detail = "until their last polls have run out"
            # From outside nothing tells that; a job would wait for a poll that nobody answers.
            time.sleep(LONG_POLL_SECONDS + 1)
        with steps.step(f"Start an annotator with {bundle.name}"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            offered = References.load(Path(own[0].environ()[variable_name("references_dir")]))
            _offer(bundle, offered.default.name, folder)
            stack.enter_context(_started(own[0], folder))
        yield


def _offer(bundle: Path, name: str, folder: Path) -> None:
    """Offer a bundle under another name: that of the stage's default, which the jobs carry."""
    own = folder / name
    own.mkdir()
    for file in bundle.iterdir():
        (own / file.name).symlink_to(file)
    (own / FILE_NAME).unlink()
    manifest = Reference.load(bundle).manifest.model_copy(update={"name": name})
    (own / FILE_NAME).write_text(manifest.model_dump_json(), encoding="utf-8")
    write_catalogue(folder, [Offered(name=name, source=bundle.as_uri())])


@contextmanager
def _started(like: psutil.Process, references: Path) -> Iterator[None]:
    environment = like.environ() | {variable_name("references_dir"): str(references)}
    with tempfile.NamedTemporaryFile("r", prefix="annotator-", suffix=".log") as log:
        annotator = subprocess.Popen(
            like.cmdline(),
            env=environment,
            cwd=like.cwd(),
            stdout=Path(log.name).open("wb"),  # noqa: SIM115 - the process holds it
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_loaded(annotator, Path(log.name))
            yield
        finally:
            annotator.terminate()
            annotator.wait(timeout=STOP_SECONDS)


def _wait_loaded(annotator: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while LOADED not in log.read_text():
        if annotator.poll() is not None or time.monotonic() > deadline:
            raise LocalError(f"The annotator didn't start:\n{log.read_text()[-2000:]}")
        time.sleep(POLL_SECONDS)  # another process, which sends no event
