"""The real bundle and the real engine, once a session, and a way to annotate a text."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reference.build import build
from runtime.annotator.bcftools import Bcftools
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine import BcftoolsEngine
from runtime.annotator.limits import Limits
from tests.unit.annotator.results import Result, annotate_bytes

Annotate = Callable[..., Result]


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the bundle `rcrs`."""
    folder = tmp_path_factory.mktemp("bundle") / "rcrs"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def bundle(bundle_folder: Path) -> Bundle:
    """The bundle `rcrs`."""
    return load(bundle_folder)


@pytest.fixture(scope="session")
def bcftools() -> Iterator[Bcftools]:
    """The engine's process."""
    with Bcftools() as running:
        yield running


@pytest.fixture(scope="session")
def engine(bcftools: Bcftools) -> BcftoolsEngine:
    """The engine."""
    return BcftoolsEngine(bcftools)


@pytest.fixture
def annotate(tmp_path: Path, bundle: Bundle, engine: BcftoolsEngine) -> Annotate:
    """Annotates an upload's content: `annotate(content, name=..., limits=...)` gives a Result."""

    def run(content: str | bytes, name: str = "x.vcf", limits: Limits | None = None) -> Result:
        data = content.encode() if isinstance(content, str) else content
        return annotate_bytes(
            data, name, tmp_path, bundle=bundle, engine=engine, limits=limits or Limits()
        )

    return run
