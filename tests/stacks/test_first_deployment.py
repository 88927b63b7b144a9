"""A first deployment: nothing that CloudFormation can't roll back, nothing that can't exist."""

from pathlib import Path
from typing import Any

import pytest

from stacks.settings import Mail, SettingsError, Stage, load
from tests.stacks.synthesis import STAGES, synthesize

RETAINED = ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SecretsManager::Secret")


def resources(templates: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [
        resource
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == kind
    ]


def protections(templates: dict[str, dict[str, Any]]) -> set[bool]:
    """Whether tables and load balancers are protected."""
    tables = resources(templates, "AWS::DynamoDB::Table")
    found = {table["Properties"]["DeletionProtectionEnabled"] for table in tables}
    for balancer in resources(templates, "AWS::ElasticLoadBalancingV2::LoadBalancer"):
        attributes = {
            each["Key"]: each["Value"] for each in balancer["Properties"]["LoadBalancerAttributes"]
        }
        found.add(attributes["deletion_protection.enabled"] == "true")
    return found


def test_should_protect_nothing_when_prod_is_deployed_first(tmp_path: Path) -> None:
    stage = load("prod")
    assert protections(synthesize(stage, tmp_path / "later")) == {True}
    assert protections(synthesize(stage.first(), tmp_path / "first")) == {False}


@pytest.mark.parametrize(("first", "protected"), [(True, False), (False, True)])
def test_should_protect_the_stacks_when_prod_is_not_deployed_first(
    tmp_path: Path, first: bool, protected: bool
) -> None:
    stage = load("prod")
    synthesize(stage.first() if first else stage, tmp_path)
    manifest = (tmp_path / "manifest.json").read_text()
    assert ('"terminationProtection": true' in manifest) == protected


def test_should_leave_nothing_behind_when_the_creation_of_prod_is_rolled_back(
    tmp_path: Path,
) -> None:
    templates = synthesize(load("prod"), tmp_path)
    for kind in RETAINED:
        found = resources(templates, kind)
        assert found
        for resource in found:
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", kind
            assert resource["UpdateReplacePolicy"] == "Retain", kind


def with_mail(**settings: str) -> Stage:
    # Among the settings is a literal, which a str of no known value isn't for mypy.
    mail = Mail(sender="gas@genes.test", **settings)  # type: ignore[arg-type]
    return load("dev").model_copy(update={"mail": mail})


def test_should_create_no_identity_when_the_account_has_it(tmp_path: Path) -> None:
    templates = synthesize(with_mail(identity="existing"), tmp_path)
    assert not resources(templates, "AWS::SES::EmailIdentity")


@pytest.mark.parametrize(
    ("settings", "identity", "records"),
    [({}, "gas@genes.test", 0), ({"domain": "genes.test"}, "genes.test", 3)],
)
def test_should_verify_the_sender_or_its_domain_when_the_identity_is_created(
    tmp_path: Path, settings: dict[str, str], identity: str, records: int
) -> None:
    templates = synthesize(with_mail(**settings), tmp_path)
    [found] = resources(templates, "AWS::SES::EmailIdentity")
    assert found["Properties"]["EmailIdentity"] == identity
    [configuration_set] = resources(templates, "AWS::SES::ConfigurationSet")
    options = configuration_set["Properties"]["ReputationOptions"]
    assert options == {"ReputationMetricsEnabled": True}
    assert "ConfigurationSetName" in found["Properties"]["ConfigurationSetAttributes"]
    outputs = [name for name in templates["messaging"]["Outputs"] if name.startswith("DkimRecord")]
    assert len(outputs) == records


def test_should_lie_in_fewer_zones_when_aws_offers_an_endpoint_in_fewer(tmp_path: Path) -> None:
    prod = load("prod")
    network = prod.network.model_copy(update={"endpoint_zones": {"email": ["a", "c"]}})
    templates = synthesize(prod.model_copy(update={"network": network}), tmp_path)
    subnets = {
        str(endpoint["Properties"]["ServiceName"]).rpartition(".")[2].strip("']}"): len(
            endpoint["Properties"]["SubnetIds"]
        )
        for endpoint in resources(templates, "AWS::EC2::VPCEndpoint")
        if endpoint["Properties"]["VpcEndpointType"] == "Interface"
    }
    assert subnets.pop("email") == 2
    assert set(subnets.values()) == {3}


@pytest.mark.parametrize(
    ("region", "missing"),
    [("ca-central-1", "c"), ("ap-northeast-1", "b"), ("eu-west-1", None), ("xx-new-1", None)],
)
def test_should_refuse_the_zones_when_the_region_is_known_not_to_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, region: str, missing: str | None
) -> None:
    monkeypatch.setenv("CDK_DEFAULT_REGION", region)
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", "210987654321")
    if missing is None:
        assert synthesize(load("prod"), tmp_path)
        return
    with pytest.raises(SettingsError, match=f"network.zones: {region} has no zone {missing}; as"):
        synthesize(load("prod"), tmp_path)


@pytest.mark.parametrize("stage", STAGES)
def test_should_give_no_resource_a_name_that_the_next_attempt_needs_when_it_is_kept(
    tmp_path: Path, stage: str
) -> None:
    """A name that is taken by what a failed attempt left would block the next one."""
    templates = synthesize(load(stage).first(), tmp_path)
    named = {
        (resource["Type"], key)
        for template in templates.values()
        for resource in template["Resources"].values()
        for key in ("Name", "BucketName", "TableName", "LogGroupName", "DashboardName")
        if key in resource.get("Properties", {})
        and isinstance(resource["Properties"][key], str)
        and resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert named == set()
