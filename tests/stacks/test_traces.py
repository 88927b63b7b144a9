"""Traces: what a stage with them deploys, and what the others do without."""

from pathlib import Path
from typing import Any

import pytest
from cdk_nag import AwsSolutionsChecks

from runtime.contract.processes import AGENT_TRACES_URL
from stacks.costs import usage
from stacks.costs.__main__ import costs_of
from stacks.instance_role import SPANS
from stacks.settings import STAGES as FOLDER
from stacks.settings import Observability, SettingsError, Stage, load
from tests.stacks.synthesis import STAGES, synthesize, templates, text

FLEETS = ("web", "annotator", "utilities", "removal", "restore", "webhooks")
RATIO = 0.25


def traced(name: str) -> Stage:
    on = Observability(traces=True, traces_ratio=RATIO)
    return load(name).model_copy(update={"observability": on})


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The templates of prod with traces; AWS's rules for solutions have no finding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "true")
        folder = tmp_path_factory.mktemp("traced")
        return synthesize(traced("prod"), folder, plugins=AwsSolutionsChecks)


def of(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [body for body in template["Resources"].values() if body["Type"] == kind]
    return [body.get("Properties", {}) for body in found]


def about_traces(template: dict[str, Any]) -> list[str]:
    """The lines of user data about traces."""
    [launch] = of(template, "AWS::EC2::LaunchTemplate")
    lines = text(launch["LaunchTemplateData"]["UserData"]).splitlines()
    return [line for line in lines if "TRACES" in line]


def as_list(value: Any) -> list[Any]:
    """A policy may hold one value in the place of a list."""
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("fleet", FLEETS)
def test_should_tell_processes_where_spans_go_when_a_stage_has_traces(
    prod: dict[str, dict[str, Any]], fleet: str
) -> None:
    assert about_traces(prod[fleet]) == [
        f"GAS_TRACES_RATIO={RATIO}",
        f"GAS_TRACES_URL={AGENT_TRACES_URL}",
    ]


@pytest.mark.parametrize("fleet", FLEETS)
def test_should_allow_to_send_spans_and_nothing_else_of_xray_when_a_stage_has_traces(
    prod: dict[str, dict[str, Any]], fleet: str
) -> None:
    allowed = {
        (action, str(on))
        for policy in of(prod[fleet], "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
        for on in as_list(statement["Resource"])
        if action.startswith("xray:")
    }
    assert allowed == {(action, "*") for action in SPANS}


def test_should_reach_xray_by_an_endpoint_when_instances_have_no_way_to_the_internet(
    prod: dict[str, dict[str, Any]],
) -> None:
    names = [text(each["ServiceName"]) for each in of(prod["network"], "AWS::EC2::VPCEndpoint")]
    assert [name for name in names if name.endswith(".xray")]
    assert traced("prod").endpoints[-1] == "xray"


@pytest.mark.parametrize("stage", STAGES)
def test_should_deploy_nothing_of_traces_when_a_stage_has_none(stage: str) -> None:
    deployed = str(templates(stage))
    assert "xray" not in deployed
    assert "GAS_TRACES" not in deployed


def test_should_be_on_the_bill_when_a_stage_has_traces() -> None:
    def traces(stage: Stage) -> list[str]:
        return [line for line in costs_of(stage) if "X-Ray" in line]

    assert traces(load("prod")) == []
    idle, jobs = traces(traced("prod"))
    assert f"{730 * 3600 * RATIO:,.0f} x 0.000005 per trace" in idle
    assert f"{50 * 1000 * RATIO:,.0f} x 0.000005 per trace" in jobs
    endpoints = [
        item.amount
        for stage in (load("prod"), traced("prod"))
        for item in usage.idle_month(stage)
        if item.what == "Interface endpoints"
    ]
    assert endpoints == [730 * 3 * 10, 730 * 3 * 11]


def test_should_refuse_the_setting_when_the_laptop_keeps_traces_itself(tmp_path: Path) -> None:
    local = (FOLDER / "local.toml").read_text()
    (tmp_path / "local.toml").write_text(f"{local}\n[observability]\ntraces = true\n")
    with pytest.raises(SettingsError, match=r"observability.traces .*`./gas up --traces`"):
        load("local", tmp_path)
