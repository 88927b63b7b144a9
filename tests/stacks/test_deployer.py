"""The roles by which GitHub deploys: who may assume them, and that they may do nothing else."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks

from stacks.deployer import build
from stacks.settings import SettingsError
from tests.stacks.synthesis import DEPLOYED, text

ISSUER = "token.actions.githubusercontent.com"
LAB = {"repository": "lab/gas", "stage": "prod"}


def synthesized(folder: Path, **context: str) -> dict[str, Any]:
    """The template, which cdk-nag has validated."""
    app = cdk.App(context=context, outdir=str(folder), analytics_reporting=False)
    stack = build(app)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    template: dict[str, Any] = json.loads(
        (folder / f"{stack.stack_name}.template.json").read_text()
    )
    return template


def roles(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The roles by their description."""
    return {
        resource["Properties"]["Description"]: resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    }


@pytest.mark.parametrize("stage", DEPLOYED)
def test_should_trust_its_repository_and_environment_alone_when_a_role_is_made(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_VALIDATION", "true")
    found = roles(synthesized(tmp_path, repository="lab/gas", stage=stage))
    assert len(found) == 2
    for environment in (stage, f"{stage}-review"):
        role = found[f"For the environment {environment} of lab/gas at GitHub"]
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert set(statement["Principal"]) == {"Federated"}
        assert statement["Condition"] == {
            "StringEquals": {
                f"{ISSUER}:aud": "sts.amazonaws.com",
                f"{ISSUER}:sub": f"repo:lab/gas:environment:{environment}",
            }
        }
        assert "ManagedPolicyArns" not in role
        assert "Policies" not in role


def test_should_assume_roles_of_the_bootstrap_stack_and_nothing_else(tmp_path: Path) -> None:
    template = synthesized(tmp_path, **LAB)
    allowed = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            [statement] = resource["Properties"]["PolicyDocument"]["Statement"]
            assert statement["Effect"] == "Allow"
            assert statement["Action"] == "sts:AssumeRole"
            on = statement["Resource"]
            [role] = resource["Properties"]["Roles"]
            allowed[text(role)] = [
                text(each).rpartition("role/")[2].partition("-role-")[0]
                for each in (on if isinstance(on, list) else [on])
            ]
    assert allowed == {
        "<Deploy>": [f"cdk-hnb659fds-{name}" for name in ("deploy", "file-publishing", "lookup")],
        "<Review>": ["cdk-hnb659fds-lookup"],
    }
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert kinds <= {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::OIDCProvider"}


def test_should_create_no_provider_when_the_account_has_one(tmp_path: Path) -> None:
    template = synthesized(tmp_path, **LAB, provider="existing")
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    assert "AWS::IAM::OIDCProvider" not in kinds
    assert f"oidc-provider/{ISSUER}" in json.dumps(template)


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"repository": "", "stage": "prod"}, "-c repository=OWNER/NAME"),
        ({"repository": "lab/*", "stage": "prod"}, "-c repository=OWNER/NAME"),
        (LAB | {"provider": "new"}, "provider is create or existing"),
        (LAB | {"stage": "nowhere"}, "no such stage"),
    ],
)
def test_should_say_what_is_wrong_when_the_context_is(
    tmp_path: Path, context: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        synthesized(tmp_path, **context)
