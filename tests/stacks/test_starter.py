"""Stage starter: one fleet of all processes, in public subnets, for less than 60 USD a month."""

import re
from collections import defaultdict

from runtime.contract.processes import CONFIGS
from stacks.costs import usage
from stacks.settings import load
from tests.stacks.permissions import ALLOWED, for_operators, noun, statements
from tests.stacks.synthesis import Resource, resources, text
from tests.stacks.test_dashboard import graphs
from tests.stacks.test_environment import user_data

STAGE, FLEET = "starter", "all"
USD_A_MONTH = 60
FREE_DASHBOARD_METRICS = 50
"""https://aws.amazon.com/cloudwatch/pricing/"""


def only(kind: str) -> Resource:
    [found] = resources(STAGE, kind)
    return found


def test_should_cost_less_than_a_small_lab_has_when_idle() -> None:
    assert sum(item.usd for item in usage.idle_month(load(STAGE))) < USD_A_MONTH


def test_should_start_every_process_when_its_instance_boots() -> None:
    started = user_data(STAGE, FLEET).splitlines()[-1].split()
    assert set(started[started.index('"$GAS_ROOT/app/runtime/boot/boot.sh"') + 1 :]) == set(CONFIGS)


def test_should_allow_what_the_fleets_of_other_stages_may_when_all_processes_share_a_role() -> None:
    allowed: dict[str, set[str]] = defaultdict(set)
    # One role of everything may say more than an inline policy holds: the CDK writes what is left
    # into a managed one.
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for policy in resources(STAGE, kind):
            if for_operators(policy):
                continue
            for actions, on in statements(policy):
                for resource in on:
                    allowed[noun(resource)].update(actions)
    expected: dict[str, set[str]] = defaultdict(set)
    for entries in ALLOWED.values():
        for resource, words in entries.items():
            expected[resource].update(words.split())
    of_itself = {
        *("*", "<AllLogsGroup>", "<AWS::StackId>", "autoScalingGroupName/<AllGroupASG>"),
    }
    assert {name: allowed[name] for name in set(allowed) - of_itself} == expected
    assert of_itself < set(allowed)


def test_should_keep_its_size_when_one_group_runs_everything() -> None:
    """Two instances take one setting: `min = 2`. A new one starts before the old one ends."""
    group = only("AWS::AutoScaling::AutoScalingGroup")
    assert (group.properties["MinSize"], group.properties["MaxSize"]) == ("1", "2")
    assert resources(STAGE, "AWS::AutoScaling::ScalingPolicy") == []
    assert group.body["UpdatePolicy"]["AutoScalingRollingUpdate"]["MinInstancesInService"] == 1
    assert group.properties["HealthCheckType"] == "ELB"
    hook = only("AWS::AutoScaling::LifecycleHook")
    assert hook.properties["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"


def test_should_be_reached_by_the_load_balancer_alone_when_an_instance_is_public() -> None:
    assert resources(STAGE, "AWS::EC2::NatGateway") == []
    assert all(
        "VpcPublicSubnet" in each.logical_id for each in resources(STAGE, "AWS::EC2::Subnet")
    )
    data = only("AWS::EC2::LaunchTemplate").properties["LaunchTemplateData"]
    [interface] = data["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is True
    assert "KeyName" not in data
    instances = [
        group
        for group in resources(STAGE, "AWS::EC2::SecurityGroup")
        if group.logical_id.startswith("AllSecurityGroup")
    ]
    assert len(instances) == 1
    assert "SecurityGroupIngress" not in instances[0].properties
    [rule] = resources(STAGE, "AWS::EC2::SecurityGroupIngress")
    assert text(rule.properties["GroupId"]) == "<AllSecurityGroup>"
    assert text(rule.properties["SourceSecurityGroupId"]) == "<LoadBalancerSecurityGroup>"
    assert (rule.properties["FromPort"], rule.properties["ToPort"]) == (8080, 8080)


def test_should_admit_listed_networks_alone_when_there_is_no_certificate() -> None:
    admitted = {
        rule["CidrIp"]
        for group in resources(STAGE, "AWS::EC2::SecurityGroup")
        for rule in group.properties.get("SecurityGroupIngress", [])
    }
    assert admitted == set(load(STAGE).network.allowed_cidrs) == {"203.0.113.0/24"}


def test_should_run_graviton_when_the_wheels_are_for_it() -> None:
    image = only("AWS::EC2::LaunchTemplate").properties["LaunchTemplateData"]["ImageId"]
    assert re.search("arm64", str(image))
    assert load(STAGE).software.architecture == "aarch64"


def test_should_watch_what_costs_nothing_when_monitoring_is_basic() -> None:
    data = only("AWS::EC2::LaunchTemplate").properties["LaunchTemplateData"]
    assert data["Monitoring"] == {"Enabled": False}
    lines = [line for lines in graphs(STAGE).values() for line in lines]
    assert 0 < len(lines) <= FREE_DASHBOARD_METRICS
    assert set(graphs(STAGE)) >= {"Requests", "Latency", "Queue depth", "Dead letters"}
    assert resources(STAGE, "AWS::WAFv2::WebACL") == []
