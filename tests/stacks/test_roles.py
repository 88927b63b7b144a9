"""What the instances of each fleet may do: the whole of it."""

from collections import defaultdict

import pytest

from stacks.settings import load
from tests.stacks.permissions import (
    ALLOWED,
    ALLOWED_FOR_OPERATORS,
    GROUP,
    LOCKED,
    LOGS,
    UNSCOPED,
    WILDCARDS,
    for_operators,
    noun,
    of_itself,
    statements,
)
from tests.stacks.synthesis import SPLIT, STAGES, of_every_stage, resources, text

EMPTIES_BUCKETS = "CustomS3AutoDeleteObjects"
"""The CDK's own function, where buckets go with their stack; buckets' policies say what it may."""


@pytest.mark.parametrize("stage", SPLIT)
def test_should_allow_exactly_what_its_processes_do_when_a_role_is_a_fleets(stage: str) -> None:
    allowed: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for policy in resources(stage, "AWS::IAM::Policy"):
        if for_operators(policy):
            continue
        for actions, on in statements(policy):
            for resource in on:
                allowed[policy.stack][noun(resource)].update(actions)
    assert {
        stack: {resource: " ".join(sorted(actions)) for resource, actions in entries.items()}
        for stack, entries in allowed.items()
    } == {
        stack: of_itself(stage=stage, fleet=stack)
        | entries
        | (LOCKED.get(stack, {}) if load(stage).audit.locked else {})
        for stack, entries in ALLOWED.items()
    }


@pytest.mark.parametrize("stage", STAGES)
def test_should_allow_exactly_what_the_pages_show_when_a_role_is_for_operators(stage: str) -> None:
    allowed: dict[str, set[str]] = defaultdict(set)
    for policy in filter(for_operators, resources(stage, "AWS::IAM::Policy")):
        for actions, on in statements(policy):
            for resource in on:
                allowed[noun(resource)].update(actions)
    assert {
        resource: " ".join(sorted(actions)) for resource, actions in allowed.items()
    } == ALLOWED_FOR_OPERATORS


@pytest.mark.parametrize("stage", STAGES)
def test_should_admit_web_alone_when_a_role_is_for_operators(stage: str) -> None:
    [role] = filter(for_operators, resources(stage, "AWS::IAM::Role"))
    [statement] = role.properties["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert {kind: text(who) for kind, who in statement["Principal"].items()} == {"AWS": "<Role>"}


@pytest.mark.parametrize("stage", SPLIT)
@pytest.mark.parametrize(
    ("fleet", "table", "owners"),
    [
        ("restore", "Ephemeral", "plan#*"),
        ("utilities", "Ephemeral", "figures#*"),
        ("utilities", "OwnedItems", "mails#*"),
    ],
)
def test_should_touch_no_other_items_when_a_fleet_shares_the_table_with_web(
    stage: str, fleet: str, table: str, owners: str
) -> None:
    """Counters of sign-ins lie in the one, and tokens in the other."""
    [condition] = [
        each["Condition"]
        for policy in resources(stage, "AWS::IAM::Policy")
        for each in policy.properties["PolicyDocument"]["Statement"]
        if policy.stack == fleet and table in str(each["Resource"])
    ]
    assert condition == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [owners]}}


@pytest.mark.parametrize("stage", SPLIT)
def test_should_read_no_name_and_no_address_when_the_janitor_counts_users(stage: str) -> None:
    conditions = [
        each["Condition"]
        for policy in resources(stage, "AWS::IAM::Policy")
        for each in policy.properties["PolicyDocument"]["Statement"]
        if "dynamodb:Scan" in each["Action"] and "Users" in str(each["Resource"])
    ]
    assert conditions == [
        {
            "ForAllValues:StringEquals": {
                "dynamodb:Attributes": [
                    *("user_id", "role", "email_verified", "suspended_at", "deleted_at")
                ]
            },
            "StringEquals": {"dynamodb:Select": ["SPECIFIC_ATTRIBUTES"]},
        }
    ]


def test_should_name_action_and_resource_when_a_role_is_allowed_something() -> None:
    for stage, policy in of_every_stage("AWS::IAM::Policy"):
        for actions, on in statements(policy):
            assert not [action for action in actions if "*" in action], (stage, policy.where)
            if on == ["*"]:
                assert set(actions) <= set(UNSCOPED), (stage, policy.where)
                continue
            for resource in on:
                fixed = GROUP.sub("", resource)
                for ending in WILDCARDS:
                    fixed = fixed.removesuffix(ending)
                assert "*" not in fixed, (stage, policy.where, resource)


def test_should_be_from_the_stages_sender_when_a_role_may_send_emails() -> None:
    for stage, policy in of_every_stage("AWS::IAM::Policy"):
        for each in policy.properties["PolicyDocument"]["Statement"]:
            if "ses:SendEmail" in each["Action"]:
                sender = load(stage).mail.sender
                only_if = {"StringEquals": {"ses:FromAddress": [sender]}}
                assert each["Condition"] == only_if, (stage, policy.where)


def test_should_learn_that_an_object_is_missing_when_a_role_may_read_objects() -> None:
    """Without s3:ListBucket S3 answers 403 where an object is missing."""
    for stage in STAGES:
        listed: set[tuple[str, str]] = set()
        read: set[tuple[str, str]] = set()
        for policy in resources(stage, "AWS::IAM::Policy"):
            for actions, on in statements(policy):
                if "s3:ListBucket" in actions:
                    listed.update((policy.stack, resource) for resource in on)
                if "s3:GetObject" in actions:
                    keys = [resource for resource in on if resource.endswith("/users/*")]
                    read.update((policy.stack, each.removesuffix("/users/*")) for each in keys)
        assert listed == read


def test_should_have_no_other_policy_when_a_role_is_made() -> None:
    for stage, role in of_every_stage("AWS::IAM::Role"):
        if role.logical_id.startswith(EMPTIES_BUCKETS):
            assert not load(stage).emulator
            assert load(stage).removal_policy == "destroy"
            [policy] = role.properties["Policies"]
            [allowed] = policy["PolicyDocument"]["Statement"]
            assert allowed["Action"] == LOGS.split()
            assert text(allowed["Resource"]) == "<EmptyingLogs>"
            assert "ManagedPolicyArns" not in role.properties
            continue
        assert "ManagedPolicyArns" not in role.properties, (stage, role.where)
        assert "Policies" not in role.properties, (stage, role.where)


@pytest.mark.parametrize("stage", SPLIT)
def test_should_admit_ec2_alone_when_the_stage_is_not_the_laptop(stage: str) -> None:
    roles = [
        role
        for role in resources(stage, "AWS::IAM::Role")
        if not role.logical_id.startswith(EMPTIES_BUCKETS) and not for_operators(role)
    ]
    assert {role.stack for role in roles} == set(ALLOWED)
    for role in roles:
        trusted = {
            f"{kind} {text(principal).rpartition(':')[2]}"
            for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]
            for kind, principal in statement["Principal"].items()
        }
        assert trusted == {"Service ec2.amazonaws.com"} | (
            {"AWS root"} if stage == "local" else set()
        )
