"""The settings of processes: each is read, by the process that asks for it."""

import ast
from pathlib import Path

import pytest

import runtime
from runtime.contract import processes
from runtime.contract.processes import Config, WorkerConfig

RUNTIME = Path(runtime.__file__).parent

CONFIGS = [
    found
    for found in vars(processes).values()
    if isinstance(found, type) and issubclass(found, Config) and "process" in vars(found)
]

PACKAGES = dict.fromkeys(("archive", "restore", "thaw"), "retention")
"""Of processes whose package has another name."""

READ_FOR_ALL = {"stage", "region", "traces_url", "traces_ratio"}
"""`runtime.common` reads the stage and where spans go, boto3 the region."""


def settings_read_in(package: str) -> set[str]:
    """Names of what the modules of a package ask a `config` for."""
    return {
        node.attr
        for path in (RUNTIME / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"config", "self._config"}
    }


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: str(config.process))
def test_should_be_read_by_its_process_when_a_setting_is_written(config: type[Config]) -> None:
    read = settings_read_in(PACKAGES.get(config.process, config.process)) | READ_FOR_ALL
    if "queue_url" in read and issubclass(config, WorkerConfig):
        read.add(config.consumed())
    assert set(config.model_fields) - read == set()


def test_should_have_settings_when_a_package_is_a_process() -> None:
    started = {path.parent.name for path in RUNTIME.glob("*/__main__.py")}
    assert {PACKAGES.get(config.process, config.process) for config in CONFIGS} == started
