"""The command, run in this process against a service that a test can break."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gas_client import cli, login
from gas_client.api import Api
from gas_client.retry import Retry
from tests.unit.client.fake_service import TOKEN, URL, FakeService

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
RECORD = "MT\t3243\t.\tA\tG\t.\t.\t.\n"


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout as the one JSON document that it must be."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without settings."""
    for name in ("GAS_URL", "GAS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def waits() -> list[float]:
    """The seconds of each wait before a request was sent again."""
    return []


@pytest.fixture
def run(
    home: Path,
    service: FakeService,
    waits: list[float],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    monkeypatch.setenv("GAS_URL", URL)
    monkeypatch.setenv("GAS_TOKEN", TOKEN)
    for module in (cli, login):
        monkeypatch.setattr(module, "Api", partial(Api, transport=service.transport()))
    monkeypatch.setattr(cli, "Retry", partial(Retry, sleep=waits.append))

    def command(*arguments: str | Path) -> Ran:
        try:
            code = cli.main([str(each) for each in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return command


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "x.vcf"
    path.write_text(HEADER + COLUMNS + RECORD)
    return path


@pytest.fixture
def large_vcf(tmp_path: Path) -> Path:
    """A file that goes in parts: 4 of them."""
    path = tmp_path / "large.vcf"
    path.write_text(HEADER + COLUMNS + RECORD * ((17 << 20) // len(RECORD)))
    return path
