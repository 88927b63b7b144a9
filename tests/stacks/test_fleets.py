"""Auto Scaling groups, their launch templates, and the listener in front of the site."""

import json
from pathlib import Path

import pytest

from runtime.contract.site import DRAIN_SECONDS
from stacks.settings import STAGES as STAGE_FILES
from stacks.settings import Fleet, Stage, load
from tests.stacks.synthesis import SPLIT, of_every_stage, resources, synthesize, text

FLEETS = ("web", "annotator", "utilities", "removal", "restore", "webhooks")


def size(stage: str, fleet: str) -> Fleet:
    return load(stage).fleets[fleet]


def test_should_ask_for_a_token_when_an_instance_reads_its_metadata() -> None:
    for stage, template in of_every_stage("AWS::EC2::LaunchTemplate"):
        options = template.properties["LaunchTemplateData"]["MetadataOptions"]
        assert options["HttpTokens"] == "required", (stage, template.where)
        assert options["HttpPutResponseHopLimit"] == 1, (stage, template.where)


def test_should_tell_the_ops_topic_when_a_group_scales() -> None:
    for stage, group in of_every_stage("AWS::AutoScaling::AutoScalingGroup"):
        [notification] = group.properties["NotificationConfigurations"]
        assert text(notification["TopicARN"]) == "<OpsTopic>", (stage, group.where)
        assert sorted(notification["NotificationTypes"]) == [
            "autoscaling:EC2_INSTANCE_LAUNCH",
            "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
            "autoscaling:EC2_INSTANCE_TERMINATE",
            "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
        ]


def test_should_be_watched_every_minute_when_an_instance_runs() -> None:
    for stage, template in of_every_stage("AWS::EC2::LaunchTemplate", stages=SPLIT):
        monitoring = template.properties["LaunchTemplateData"]["Monitoring"]
        assert monitoring == {"Enabled": True}, (stage, template.where)


def test_should_have_no_public_address_and_no_key_when_an_instance_starts() -> None:
    for stage, template in of_every_stage("AWS::EC2::LaunchTemplate", stages=SPLIT):
        data = template.properties["LaunchTemplateData"]
        [interface] = data["NetworkInterfaces"]
        assert interface["AssociatePublicIpAddress"] is False, (stage, template.where)
        assert "KeyName" not in data, (stage, template.where)


@pytest.mark.parametrize("stage", SPLIT)
def test_should_have_an_encrypted_disk_of_the_stages_size_when_an_instance_starts(
    stage: str,
) -> None:
    templates = resources(stage, "AWS::EC2::LaunchTemplate")
    assert {template.stack for template in templates} == set(FLEETS)
    for template in templates:
        data = template.properties["LaunchTemplateData"]
        [device] = data["BlockDeviceMappings"]
        expected = size(stage, template.stack)
        assert device["Ebs"] == {
            "Encrypted": True,
            "VolumeType": "gp3",
            "VolumeSize": expected.disk_gib,
        }
        assert data["InstanceType"] == expected.instance_type


@pytest.mark.parametrize("stage", SPLIT)
def test_should_have_the_stages_size_when_a_fleet_is_a_group(stage: str) -> None:
    groups = {
        group.stack: group for group in resources(stage, "AWS::AutoScaling::AutoScalingGroup")
    }
    assert set(groups) == set(FLEETS)
    for fleet, group in groups.items():
        expected = size(stage, fleet)
        found = (int(group.properties["MinSize"]), int(group.properties["MaxSize"]))
        assert found == (expected.min, expected.max)
        # Written into the template it would undo what scaling did, at every deployment.
        assert "DesiredCapacity" not in group.properties
        assert group.properties["HealthCheckGracePeriod"] == expected.grace_seconds
        assert group.properties["DefaultInstanceWarmup"] == expected.warmup_seconds
        assert group.properties["HealthCheckType"] == ("ELB" if fleet == "web" else "EC2")


def test_should_replace_instances_when_user_data_change() -> None:
    for stage, group in of_every_stage("AWS::AutoScaling::AutoScalingGroup"):
        version = text(group.properties["LaunchTemplate"]["Version"])
        assert "LaunchTemplate" in version, (stage, group.where)
        rolling = group.body["UpdatePolicy"]["AutoScalingRollingUpdate"]
        assert rolling["MaxBatchSize"] == 1
        assert int(rolling["MinInstancesInService"]) < int(group.properties["MaxSize"])
        # Whatever else would start or end instances meanwhile; but launching and terminating.
        suspended = set(rolling["SuspendProcesses"])
        assert suspended >= {"HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification"}
        assert not suspended & {"Launch", "Terminate", "AddToLoadBalancer"}


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_should_fail_the_deployment_when_an_instance_does_not_boot(stage: str) -> None:
    for group in resources(stage, "AWS::AutoScaling::AutoScalingGroup"):
        expected = size(stage, group.stack)
        rolling = group.body["UpdatePolicy"]["AutoScalingRollingUpdate"]
        assert rolling["WaitOnResourceSignals"] is True, group.where
        assert rolling["PauseTime"] == "PT10M"
        assert expected.boot_seconds == 600
        signal = group.body.get("CreationPolicy", {}).get("ResourceSignal")
        if expected.min:
            assert signal == {"Count": expected.min, "Timeout": "PT10M"}, group.where
        else:
            assert signal is None, group.where  # nobody starts, so nobody signals


_DEFAULTS = {"HealthCheckGracePeriod": 300, "DefaultInstanceWarmup": 120}
"""Seconds of a fleet that fetches no references."""


def test_should_wait_longer_for_annotators_when_the_references_are_large(tmp_path: Path) -> None:
    text = (STAGE_FILES / "dev.toml").read_text()
    text = text.replace('["rcrs"]', '["s3://genomes/grch38-116"]\ntotal_gib = 20')
    (tmp_path / "dev.toml").write_text(text.replace("disk_gib = 32", "disk_gib = 64"))
    made = synthesize(load("dev", tmp_path), tmp_path / "out")
    groups = {
        fleet: group
        for fleet in ("annotator", "web")
        for group in made[fleet]["Resources"].values()
        if group["Type"] == "AWS::AutoScaling::AutoScalingGroup"
    }
    waits = {
        fleet: group["UpdatePolicy"]["AutoScalingRollingUpdate"]["PauseTime"]
        for fleet, group in groups.items()
    }
    assert waits == {"annotator": "PT20M", "web": "PT10M"}
    more = {
        fleet: tuple(group["Properties"][name] - each for name, each in _DEFAULTS.items())
        for fleet, group in groups.items()
    }
    assert more == {"annotator": (600, 600), "web": (0, 0)}


def test_should_not_wait_when_instances_boot_after_the_deployment() -> None:
    for group in resources("local", "AWS::AutoScaling::AutoScalingGroup"):
        assert "CreationPolicy" not in group.body
        rolling = group.body["UpdatePolicy"]["AutoScalingRollingUpdate"]
        assert not rolling.get("WaitOnResourceSignals")


def test_should_have_what_it_needs_when_the_first_instance_boots() -> None:
    """Permissions and the way to the endpoints come first, and nothing waits for a circle."""
    for stage, group in of_every_stage("AWS::AutoScaling::AutoScalingGroup"):
        needed = group.body["DependsOn"]
        assert any(name.startswith("RoleDefaultPolicy") for name in needed), (stage, group.where)
        reaches = any("ToEndpoints" in name for name in needed)
        assert reaches == load(stage).network.private_endpoints, (stage, group.where)


def test_should_wait_for_its_instances_to_drain_when_a_group_of_workers_shrinks() -> None:
    for stage in SPLIT:
        hooks = {hook.stack: hook for hook in resources(stage, "AWS::AutoScaling::LifecycleHook")}
        assert set(hooks) == set(FLEETS) - {"web"}
        for hook in hooks.values():
            assert hook.properties["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
            assert hook.properties["DefaultResult"] == "CONTINUE"
            # A process ends within 40 s of being told, and is told within 5 s.
            assert hook.properties["HeartbeatTimeout"] > 45


def test_should_keep_the_logs_of_instances_as_long_as_the_stage_says() -> None:
    for stage, group in of_every_stage("AWS::Logs::LogGroup"):
        assert group.properties["RetentionInDays"] == load(stage).data.logs_days
        assert group.body["DeletionPolicy"] == (
            "RetainExceptOnCreate" if load(stage).removal_policy == "retain" else "Delete"
        )
        assert "LogGroupName" not in group.properties
    for stage in SPLIT:
        groups = resources(stage, "AWS::Logs::LogGroup")
        assert {group.stack for group in groups if group.logical_id != "EmptyingLogs"} == set(
            FLEETS
        )


WORKERS_LIVE_IN = {"local": "Private", "dev": "Private", "prod": "Isolated"}


@pytest.mark.parametrize("stage", SPLIT)
def test_should_live_where_the_stage_says_when_a_group_starts_instances(stage: str) -> None:
    for group in resources(stage, "AWS::AutoScaling::AutoScalingGroup"):
        kind = "Private" if group.stack in ("web", "webhooks") else WORKERS_LIVE_IN[stage]
        subnets = [text(subnet) for subnet in group.properties["VPCZoneIdentifier"]]
        assert len(subnets) == len(load(stage).network.zones)
        assert all(f"Vpc{kind}Subnet" in subnet for subnet in subnets), (group.where, subnets)


@pytest.mark.parametrize("stage", SPLIT)
def test_should_ask_only_whether_it_answers_when_a_target_is_a_web_instance(stage: str) -> None:
    [targets] = resources(stage, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert targets.properties["HealthCheckPath"] == "/alive"
    assert targets.properties["Matcher"] == {"HttpCode": "200"}
    assert targets.properties["Port"] == 8080
    [group] = [
        group
        for group in resources(stage, "AWS::AutoScaling::AutoScalingGroup")
        if "TargetGroupARNs" in group.properties
    ]
    assert group.stack == "web"


def test_should_outlast_the_slowest_request_when_a_web_instance_goes() -> None:
    """The web server gives a request so long at its end; the load balancer waits for longer."""
    for stage, targets in of_every_stage("AWS::ElasticLoadBalancingV2::TargetGroup"):
        attributes = {
            attribute["Key"]: attribute["Value"]
            for attribute in targets.properties["TargetGroupAttributes"]
        }
        assert int(attributes["deregistration_delay.timeout_seconds"]) > DRAIN_SECONDS, stage


def test_should_speak_no_old_tls_when_the_stage_has_a_certificate() -> None:
    [https] = [
        listener.properties
        for listener in resources("prod", "AWS::ElasticLoadBalancingV2::Listener")
        if listener.properties["Port"] == 443
    ]
    assert https["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("local", {(80, "forward")}),
        ("dev", {(80, "forward")}),
        ("prod", {(80, "redirect"), (443, "forward")}),
    ],
)
def test_should_speak_https_alone_when_the_stage_has_a_certificate(
    stage: str, expected: set[tuple[int, str]]
) -> None:
    listeners = {
        (listener.properties["Port"], listener.properties["DefaultActions"][0]["Type"])
        for listener in resources(stage, "AWS::ElasticLoadBalancingV2::Listener")
    }
    assert listeners == expected


def test_should_start_from_an_image_of_its_processor_when_instances_are_graviton(
    tmp_path: Path,
) -> None:
    dev = load("dev")
    graviton = dev.model_dump() | {"name": "dev"}
    graviton["software"]["platform"] = "manylinux_2_34_aarch64"
    for fleet in FLEETS:
        graviton["fleets"][fleet]["instance_type"] = "t4g.small"
    for expected, stage in (("x86_64", dev), ("arm64", Stage.model_validate(graviton))):
        templates = synthesize(stage, tmp_path / expected)
        images = {
            parameter["Default"].rpartition("-")[2]
            for template in templates.values()
            for parameter in template.get("Parameters", {}).values()
            if "al2023" in parameter.get("Default", "")
        }
        assert images == {expected}


def test_should_come_from_the_spot_market_when_the_stage_says_so(tmp_path: Path) -> None:
    dev = load("dev")
    annotators = dev.fleets["annotator"].model_copy(update={"spot": True})
    spot = dev.model_copy(update={"fleets": {**dev.fleets, "annotator": annotators}})
    groups = {
        stack: resource["Properties"]
        for stack, template in synthesize(spot, tmp_path).items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::AutoScaling::AutoScalingGroup"
    }
    distribution = groups["annotator"]["MixedInstancesPolicy"]["InstancesDistribution"]
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 0
    assert distribution["SpotAllocationStrategy"] == "price-capacity-optimized"
    assert groups["annotator"]["CapacityRebalance"] is True
    assert "MixedInstancesPolicy" not in groups["web"]


def test_should_have_annotators_first_when_the_site_offers_another_reference(
    tmp_path: Path,
) -> None:
    synthesize(load("dev"), tmp_path)
    artifacts = json.loads((tmp_path / "manifest.json").read_text())["artifacts"]
    assert "gas-dev-annotator" in artifacts["gas-dev-web"]["dependencies"]
