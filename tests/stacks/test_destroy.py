"""Destroying a stage that keeps no data leaves nothing that costs, and waits for nobody."""

from typing import Any

import pytest

from stacks.settings import load
from tests.stacks.synthesis import DEPLOYED, STAGES, Resource, resources

DESTROYED = tuple(stage for stage in STAGES if load(stage).removal_policy == "destroy")
DEPLOYED_AND_DESTROYED = tuple(stage for stage in DESTROYED if stage in DEPLOYED)


def needed(resource: Resource) -> set[str]:
    """Logical ids that a resource names as its dependencies."""
    found: Any = resource.body.get("DependsOn", [])
    return {found} if isinstance(found, str) else set(found)


@pytest.mark.parametrize("stage", DESTROYED)
def test_should_delete_every_resource_when_the_stage_keeps_no_data(stage: str) -> None:
    kept = [
        resource.where
        for resource in resources(stage)
        if resource.body.get("DeletionPolicy", "Delete") != "Delete"
    ]
    assert kept == []


@pytest.mark.parametrize("stage", DEPLOYED_AND_DESTROYED)
def test_should_leave_no_log_behind_when_a_function_runs_as_its_stack_is_deleted(
    stage: str,
) -> None:
    """A group that Lambda makes by itself belongs to no stack."""
    functions = resources(stage, "AWS::Lambda::Function")
    groups = {group.where for group in resources(stage, "AWS::Logs::LogGroup")}
    assert functions
    for function in functions:
        group = function.properties["LoggingConfig"]["LogGroup"]["Ref"]
        assert f"{function.stack}/{group}" in groups


@pytest.mark.parametrize("stage", DEPLOYED_AND_DESTROYED)
def test_should_empty_every_bucket_when_it_is_deleted(stage: str) -> None:
    buckets = {each.where for each in resources(stage, "AWS::S3::Bucket")}
    emptied = {
        f"{each.stack}/{each.properties['BucketName']['Ref']}"
        for each in resources(stage, "Custom::S3AutoDeleteObjects")
    }
    assert emptied == buckets


@pytest.mark.parametrize("stage", STAGES)
def test_should_delete_a_group_before_what_its_instances_need_to_end(stage: str) -> None:
    """CloudFormation deletes a resource before those that it depends on."""
    groups = {each.stack: each for each in resources(stage, "AWS::AutoScaling::AutoScalingGroup")}
    policies = [
        policy
        for policy in resources(stage, "AWS::IAM::Policy")
        if "autoscaling:SetInstanceHealth" in str(policy.properties)
    ]
    assert len(policies) == len(groups)
    for policy in policies:
        assert policy.logical_id in needed(groups[policy.stack]), policy.where
