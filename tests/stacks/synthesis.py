"""Templates of a stage as plain data, and a way to look into them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

from stacks.platform import build
from stacks.settings import STAGES as FOLDER
from stacks.settings import Stage, load

ROOT = Path(__file__).parents[2]
STAGES = tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))
SPLIT = tuple(stage for stage in STAGES if len(load(stage).fleets) > 1)
"""Stages with a fleet for each kind of process. test_starter.py holds the other one."""

DEPLOYED = tuple(stage for stage in STAGES if not load(stage).emulator)
"""The stages that go to AWS."""

LAPTOP_URL = "http://127.0.0.1:8000"

_HASH = re.compile(r"[0-9A-F]{8}$")
_OUTPUT = re.compile(
    r"(?:^Publish|:Exports)Output(?:FnGetAtt|Ref)(?P<id>.+?)[0-9A-F]{8}(?P<attribute>\w*)$"
)


@dataclass(frozen=True)
class Resource:
    """A resource of a template; `where` is the stack's name without its prefix, and logical id."""

    stack: str
    logical_id: str
    type: str
    body: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self.body.get("Properties", {})
        return properties

    @property
    def where(self) -> str:
        return f"{self.stack}/{self.logical_id}"


def synthesize(
    stage: Stage, outdir: Path, *, plugins: Callable[[cdk.App], Any] | None = None
) -> dict[str, dict[str, Any]]:
    """The templates of a stage by stack ("web", ...), written to `outdir` too; no asset is made."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(
        context={**context, "aws:cdk:bundling-stacks": []},
        post_cli_context={"aws:cdk:disable-creation-stack-traces": True},
        outdir=str(outdir),
        analytics_reporting=False,
    )
    build(app, stage=stage, site_url=LAPTOP_URL if stage.emulator else None)
    if plugins:
        cdk.Validations.of(app).add_plugins(plugins(app))
    prefix = f"gas-{stage.name}-"
    return {stack.stack_name.removeprefix(prefix): stack.template for stack in app.synth().stacks}


@cache
def templates(stage: str) -> dict[str, dict[str, Any]]:
    """The templates of a stage file."""
    with TemporaryDirectory() as folder:
        return synthesize(load(stage), Path(folder))


def resources(stage: str, kind: str = "") -> list[Resource]:
    """All resources of a stage, or those of one type."""
    return [
        Resource(stack, logical_id, body["Type"], body)
        for stack, template in templates(stage).items()
        for logical_id, body in template["Resources"].items()
        if kind in ("", body["Type"])
    ]


def of_every_stage(
    kind: str, *, stages: tuple[str, ...] = STAGES
) -> Iterator[tuple[str, Resource]]:
    """Resources of one type of all stages, as what and which for a table of tests."""
    for stage in stages:
        for resource in resources(stage, kind):
            yield stage, resource


def text(value: Any) -> str:
    """A template's value as text; what it refers to appears as `<LogicalIdWithoutHash>`."""
    if isinstance(value, str | int | bool):
        return str(value)
    [(function, argument)] = value.items()
    match function:
        case "Fn::Join":
            return str(argument[0]).join(text(part) for part in argument[1])
        case "Fn::Base64" | "Fn::Sub":
            return text(argument)
        case "Ref":
            return f"<{_HASH.sub('', argument)}>"
        case "Fn::GetAtt":
            return f"<{_HASH.sub('', argument[0])}>"
        case "Fn::ImportValue" | "Fn::GetStackOutput":
            name = argument if isinstance(argument, str) else argument["OutputName"]
            found = _OUTPUT.search(name)
            return f"<{found['id'] if found else name}>"
    raise ValueError(f"no function that this knows: {function}")
