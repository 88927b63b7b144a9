"""Every stage passes AWS's rules for solutions."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks

from stacks.settings import load
from tests.stacks.synthesis import ROOT, STAGES, synthesize


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_no_finding_without_a_reason_when_validated(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_VALIDATION", "true")
    synthesize(load(stage), tmp_path, plugins=AwsSolutionsChecks)


@pytest.mark.parametrize("region", ["", "eu-west-1"])
def test_should_have_no_finding_when_the_stage_offers_a_published_reference(
    region: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_VALIDATION", "true")
    if region:
        monkeypatch.setenv("CDK_DEFAULT_REGION", region)
    stage = load("dev").offering(["s3://references/genomes/grch38-116"])
    templates = synthesize(stage, tmp_path, plugins=AwsSolutionsChecks)
    readers = {
        name for name, template in templates.items() if "genomes/grch38-116/*" in str(template)
    }
    assert readers == {"annotator", "web"}


def test_should_find_something_when_a_check_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks above do run: a bucket without access logs doesn't pass."""
    monkeypatch.setenv("CDK_VALIDATION", "true")
    app = cdk.App(outdir=str(tmp_path))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    cdk.aws_s3.CfnBucket(cdk.Stack(app, "Try"), "Bucket")
    with pytest.raises(Exception, match="AwsSolutions-S1"):
        app.synth()


def test_should_validate_when_the_cdk_synthesizes() -> None:
    assert "add_plugins(AwsSolutionsChecks(app))" in (ROOT / "app.py").read_text()
