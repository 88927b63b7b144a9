"""VPC and load balancer."""

import re
from pathlib import Path

import pytest

from stacks.settings import Firewall, load
from tests.stacks.synthesis import SPLIT, STAGES, resources, synthesize, text

DEPLOYABLE = ("dev", "prod")
NOWHERE = "255.255.255.255/32"
"""In the CDK's stand-in for no rule: without any, EC2 would add one that lets all out."""


def subnets(stage: str, kind: str) -> list[str]:
    """Names of the subnets of one kind, as other resources refer to them."""
    found = [resource.logical_id for resource in resources(stage, "AWS::EC2::Subnet")]
    return [name for name in found if f"Vpc{kind}Subnet" in name]


@pytest.mark.parametrize("stage", SPLIT)
@pytest.mark.parametrize("kind", ["Public", "Private", "Isolated"])
def test_should_have_a_subnet_of_each_kind_when_a_stage_names_a_zone(stage: str, kind: str) -> None:
    assert len(subnets(stage, kind)) == len(load(stage).network.zones)


@pytest.mark.parametrize("stage", STAGES)
def test_should_lie_in_the_stages_zones_when_a_subnet_is_made(stage: str) -> None:
    zones = {
        text(subnet.properties["AvailabilityZone"])[-1]
        for subnet in resources(stage, "AWS::EC2::Subnet")
    }
    assert sorted(zones) == sorted(load(stage).network.zones)


@pytest.mark.parametrize("stage", STAGES)
def test_should_give_no_public_address_when_a_subnet_starts_an_instance(stage: str) -> None:
    for subnet in resources(stage, "AWS::EC2::Subnet"):
        assert subnet.properties["MapPublicIpOnLaunch"] is False, subnet.where


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_no_way_out_when_a_subnet_is_isolated(stage: str) -> None:
    routes = [
        text(route.properties["RouteTableId"]) for route in resources(stage, "AWS::EC2::Route")
    ]
    assert routes
    assert not [table for table in routes if "Isolated" in table]


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_the_stages_nat_gateways_when_synthesized(stage: str) -> None:
    found = resources(stage, "AWS::EC2::NatGateway")
    assert len(found) == load(stage).network.nat_gateways


@pytest.mark.parametrize("stage", SPLIT)
def test_should_reach_s3_and_dynamodb_without_nat_when_in_any_subnet(stage: str) -> None:
    gateways = {
        text(endpoint.properties["ServiceName"]).rpartition(".")[2]: endpoint.properties
        for endpoint in resources(stage, "AWS::EC2::VPCEndpoint")
        if endpoint.properties["VpcEndpointType"] == "Gateway"
    }
    assert sorted(gateways) == ["dynamodb", "s3"]
    for endpoint in gateways.values():
        tables = " ".join(text(table) for table in endpoint["RouteTableIds"])
        assert all(kind in tables for kind in ("Public", "Private", "Isolated"))


SERVICES = (
    *("autoscaling", "cloudformation", "email", "logs", "monitoring", "secretsmanager"),
    *("sns", "sqs", "ssm", "ssmmessages"),
)


@pytest.mark.parametrize(("stage", "services"), [("dev", []), ("prod", [*SERVICES])])
def test_should_have_interface_endpoints_when_the_stage_pays_for_them(
    stage: str, services: list[str]
) -> None:
    found = [
        text(endpoint.properties["ServiceName"]).rpartition(".")[2]
        for endpoint in resources(stage, "AWS::EC2::VPCEndpoint")
        if endpoint.properties["VpcEndpointType"] == "Interface"
    ]
    assert sorted(found) == services


@pytest.mark.parametrize("stage", DEPLOYABLE)
def test_should_log_every_flow_when_traffic_passes_the_vpc(stage: str) -> None:
    [log] = resources(stage, "AWS::EC2::FlowLog")
    assert log.properties["TrafficType"] == "ALL"
    assert text(log.properties["ResourceId"]) == "<Vpc>"
    assert text(log.properties["LogDestination"]) == "<Logs>/flows/"


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_the_attributes_of_its_stage_when_it_balances_load(stage: str) -> None:
    [balancer] = resources(stage, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    found = {
        attribute["Key"]: text(attribute["Value"])
        for attribute in balancer.properties["LoadBalancerAttributes"]
    }
    assert found == {
        "access_logs.s3.bucket": "<Logs>",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.prefix": "load-balancer",
        "deletion_protection.enabled": str(load(stage).deletion_protection).lower(),
        "idle_timeout.timeout_seconds": "50",  # the web server keeps connections for 60 s
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }


@pytest.mark.parametrize("stage", SPLIT)
def test_should_limit_an_address_and_ask_managed_rules_when_requests_come(stage: str) -> None:
    [acl] = resources(stage, "AWS::WAFv2::WebACL")
    first, *managed = acl.properties["Rules"]
    assert first["Action"] == {"Block": {}}
    assert first["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": 300,
        "Limit": load(stage).firewall.requests_per_address,
    }
    assert all(rule["OverrideAction"] == {"None": {}} for rule in managed)
    names = [rule["Statement"]["ManagedRuleGroupStatement"]["Name"] for rule in managed]
    assert "AWSManagedRulesCommonRuleSet" in names


@pytest.mark.parametrize("stage", SPLIT)
def test_should_let_stripes_events_through_to_their_signature_when_they_are_large(
    stage: str,
) -> None:
    [acl] = resources(stage, "AWS::WAFv2::WebACL")
    for rule in acl.properties["Rules"][1:]:
        group = rule["Statement"]["ManagedRuleGroupStatement"]
        either = group["ScopeDownStatement"]["NotStatement"]["Statement"]["OrStatement"]
        matches = [each["ByteMatchStatement"] for each in either["Statements"]]
        for match in matches:
            assert match["FieldToMatch"] == {"UriPath": {}}
            assert match["PositionalConstraint"] == "EXACTLY"
        paths = [match["SearchString"] for match in matches]
        assert paths == ["/webhooks/stripe", "/ga4gh/wes/v1/runs"]


@pytest.mark.parametrize("stage", DEPLOYABLE)
def test_should_stand_before_the_load_balancer_when_the_firewall_is_deployed(stage: str) -> None:
    [association] = resources(stage, "AWS::WAFv2::WebACLAssociation")
    assert text(association.properties["ResourceArn"]) == "<LoadBalancer>"


def test_should_have_no_firewall_when_the_stage_turns_it_off(tmp_path: Path) -> None:
    off = load("dev").model_copy(update={"firewall": Firewall(enabled=False)})
    kinds = {
        resource["Type"] for resource in synthesize(off, tmp_path)["network"]["Resources"].values()
    }
    assert not [kind for kind in kinds if "WAF" in kind]


@pytest.mark.parametrize("stage", STAGES)
def test_should_be_named_in_lower_case_when_browsers_send_its_name_as_origin(stage: str) -> None:
    [balancer] = resources(stage, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,31}", balancer.properties["Name"])


@pytest.mark.parametrize("stage", DEPLOYABLE)
def test_should_admit_exactly_the_known_flows_when_deployed(stage: str) -> None:
    flows = set()
    for group in resources(stage, "AWS::EC2::SecurityGroup"):
        for rule in group.properties.get("SecurityGroupIngress", []):
            flows.add((text(rule["CidrIp"]), "to", group.logical_id[:-8], rule["FromPort"]))
        for rule in group.properties.get("SecurityGroupEgress", []):
            if rule["CidrIp"] != NOWHERE:
                flows.add((group.logical_id[:-8], "to", text(rule["CidrIp"]), rule["FromPort"]))
    for rule in resources(stage, "AWS::EC2::SecurityGroupIngress"):
        source = text(rule.properties["SourceSecurityGroupId"]).strip("<>")
        target = text(rule.properties["GroupId"]).strip("<>")
        flows.add((source, "to", target, rule.properties["FromPort"]))
    anywhere = "0.0.0.0/0"
    fleets = ("Web", "Annotator", "Utilities", "Removal", "Restore", "Webhooks")
    expected = {(f"{fleet}SecurityGroup", "to", anywhere, 443) for fleet in fleets}
    expected |= {("LoadBalancerSecurityGroup", "to", "WebSecurityGroup", 8080)}
    admitted = load(stage).network.allowed_cidrs
    assert admitted == ([anywhere] if stage == "prod" else ["203.0.113.0/24"])
    expected |= {(each, "to", "LoadBalancerSecurityGroup", 80) for each in admitted}
    if stage == "prod":
        expected |= {(anywhere, "to", "LoadBalancerSecurityGroup", 443)}
        expected |= {
            (f"{fleet}SecurityGroup", "to", "EndpointSecurityGroup", 443) for fleet in fleets
        }
    assert flows == expected
