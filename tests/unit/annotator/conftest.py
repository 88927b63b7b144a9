"""The real bundle and engine, once a session; a way to annotate a text, and one to run a job."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Limits
from runtime.common.delivery import Delivery
from tests.emulator import Emulator
from tests.unit.annotator.results import Result, annotate_bytes
from tests.unit.annotator.world import World, create_world

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Annotate = Callable[..., Result]


@pytest.fixture(scope="session")
def bundle(bundle_folder: Path) -> Bundle:
    """The embedded bundle, loaded."""
    return load(bundle_folder)


@pytest.fixture(scope="session")
def engines() -> Iterator[EnginePool]:
    """The engines' process."""
    with EnginePool() as running:
        yield running


@pytest.fixture
def annotate(tmp_path: Path, bundle: Bundle, engines: EnginePool) -> Annotate:
    """Annotates an upload's content: `annotate(content, name=..., limits=...)` gives a Result."""

    def run(content: str | bytes, name: str = "x.vcf", limits: Limits | None = None) -> Result:
        data = content.encode() if isinstance(content, str) else content
        return annotate_bytes(
            data, name, tmp_path, bundle=bundle, process=engines, limits=limits or Limits()
        )

    return run


@pytest.fixture
def world(
    emulator: Emulator, annotations_table: "Table", bundle: Bundle, engines: EnginePool
) -> World:
    """A handler of job requests, with an empty table and empty buckets."""
    return create_world(emulator, annotations_table, bundle=bundle, process=engines)


@pytest.fixture
def delivery() -> Delivery:
    """The first delivery of a message."""
    return Delivery(extend=lambda: None, every_seconds=20, receive_count=1)
