"""A temporary platform for tests and benchmarks: its own state, free ports, deleted afterwards."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.aws.ec2.instance import free_port
from local.cloud import Cloud, Ports
from local.deployed_platform import DeployedPlatform
from local.host.folder import Folder
from local.progress import Steps
from local.references import find_references


@contextmanager
def temporary_platform(
    steps: Steps,
    references: Sequence[Path] = (),
    like: str | None = None,
    *,
    traces: bool = False,
) -> Iterator[DeployedPlatform]:
    """Start a platform; stop and delete it when the context is left.

    Args:
        steps: shows the progress.
        references: folders of bundles that it offers beside those of its stage.
        like: a stage whose fleets and network it has.
        traces: whether it keeps traces.

    Raises:
        LocalError: it didn't start; its logs stay in `.gas/temporary-*`.
    """
    with _temporary_folder() as folder:
        ports = Ports(site=free_port(), emulator=free_port())
        offered = find_references(references)
        cloud = Cloud(
            folder=folder, ports=ports, steps=steps, references=offered, like=like, traces=traces
        )
        with cloud:
            yield cloud.start()


@contextmanager
def _temporary_folder() -> Iterator[Folder]:
    """A folder in the work tree's `.gas`: on the same file system, uv can link from its cache.

    Its logs are kept when the body raises.
    """
    ours = Folder.of_repository()
    ours.root.mkdir(exist_ok=True)
    root = Path(tempfile.mkdtemp(prefix="temporary-", dir=ours.root))
    folder = Folder(root=root, cache=ours.cache)
    folder.make()
    try:
        yield folder
        shutil.rmtree(folder.logs)
    finally:
        for path in (folder.state, folder.instances, folder.assembly, folder.home):
            shutil.rmtree(path, ignore_errors=True)
        if not folder.logs.exists():
            shutil.rmtree(root)
