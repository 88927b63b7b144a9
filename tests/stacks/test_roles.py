"""What the instances of each fleet may do: the whole of it."""

import re
from collections import defaultdict

import pytest

from stacks.settings import load
from tests.stacks.synthesis import SPLIT, STAGES, Resource, of_every_stage, resources, text

SESSIONS = (
    "ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel "
    "ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel"
)
LOGS = "logs:CreateLogStream logs:PutLogEvents"
SIGNAL = "cloudformation:SignalResource"
DESCRIBE = "autoscaling:DescribeAutoScalingInstances"
DESCRIBE_GROUPS = f"autoscaling:DescribeAutoScalingGroups {DESCRIBE}"
CONSUME = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:ReceiveMessage"

DELETE = "s3:DeleteObject s3:DeleteObjectVersion"

EMAIL = {"identity/*": "ses:SendEmail", "configuration-set/*": "ses:SendEmail"}

ALLOWED = {
    "web": {
        "assets": "s3:GetObject",
        "<Inputs>": "s3:ListBucket",
        "<Inputs>/users/*": "s3:GetObject s3:ListMultipartUploadParts s3:PutObject",
        "<Results>": "s3:ListBucket",
        "<Results>/users/*": "s3:GetObject",
        "<Results>/exports/*": "s3:AbortMultipartUpload s3:GetObject s3:PutObject",
        "<Annotations>": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "<Annotations>/index/open_jobs_index": "dynamodb:Query",
        "<Annotations>/index/user_id_index": "dynamodb:Query",
        "<Users>": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "<Ephemeral>": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "<OwnedItems>": "dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query "
        "dynamodb:UpdateItem",
        "<Audit>": "dynamodb:PutItem dynamodb:Query",
        "<JobRequestsTopic>": "sns:Publish",
        "<RestoreRequestsQueue>": "sqs:SendMessage",
        **EMAIL,
        "<RemovalsQueue>": "sqs:SendMessage",
        "<WebhooksQueue>": "sqs:SendMessage",
        "<SessionSecret>": "secretsmanager:GetSecretValue",
        "<StripeSecret>": "secretsmanager:GetSecretValue",
        "<SignInSecret>": "secretsmanager:GetSecretValue",
        "<OperatorRole>": "sts:AssumeRole",
    },
    "annotator": {
        "assets": "s3:GetObject",
        "<Inputs>": "s3:ListBucket",
        "<Inputs>/users/*": "s3:GetObject",
        "<Results>/users/*": "s3:AbortMultipartUpload s3:PutObject",
        "<Annotations>": "dynamodb:GetItem dynamodb:UpdateItem",
        "<JobRequestsQueue>": CONSUME,
        "<JobResultsTopic>": "sns:Publish",
    },
    "utilities": {
        "assets": "s3:GetObject",
        "<Inputs>/quarantine/*": "s3:PutObject",
        "<Results>": "s3:ListBucket",
        "<Results>/users/*": "s3:GetObject s3:GetObjectVersion",
        "<Archive>/users/*": "s3:AbortMultipartUpload s3:PutObject",
        "<Annotations>": "dynamodb:GetItem dynamodb:UpdateItem",
        "<Annotations>/index/ended_index": "dynamodb:Query",
        "<Annotations>/index/open_jobs_index": "dynamodb:Query",
        "<Ephemeral>": "dynamodb:GetItem dynamodb:PutItem",
        "<Users>": "dynamodb:GetItem dynamodb:Scan",
        "<JobResultsNotifyQueue>": f"{CONSUME} sqs:SendMessage",
        "<OwnedItems>": "dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query "
        "dynamodb:UpdateItem",
        "<JobResultsArchiveQueue>": f"{CONSUME} sqs:SendMessage",
        "<RestoreRequestsQueue>": "sqs:SendMessage",
        "<SurplusCopiesQueue>": "sqs:SendMessage",
        "<JobRequestsDlq>": CONSUME,
        "<JobRequestsTopic>": "sns:Publish",
        "<JobResultsTopic>": "sns:Publish",
        "<ResultMovesTopic>": "sns:Publish",
        **EMAIL,
    },
    "removal": {
        "assets": "s3:GetObject",
        **dict.fromkeys(("<Inputs>", "<Results>", "<Archive>"), "s3:ListBucketVersions"),
        **dict.fromkeys(("<Inputs>/users/*", "<Results>/users/*", "<Archive>/users/*"), DELETE),
        "<Results>/exports/*": DELETE,
        "<Annotations>": "dynamodb:DeleteItem dynamodb:GetItem dynamodb:UpdateItem",
        "<Annotations>/index/user_id_index": "dynamodb:Query",
        "<Users>": "dynamodb:DeleteItem dynamodb:GetItem dynamodb:UpdateItem",
        "<OwnedItems>": "dynamodb:DeleteItem dynamodb:Query",
        "<RemovalsQueue>": f"{CONSUME} sqs:SendMessage",
        "<SurplusCopiesQueue>": CONSUME,
        **EMAIL,
    },
    "restore": {
        "assets": "s3:GetObject",
        "<Results>/users/*": "s3:AbortMultipartUpload s3:PutObject",
        "<Archive>": "s3:ListBucket",
        "<Archive>/users/*": "s3:GetObject s3:GetObjectVersion s3:RestoreObject",
        "<Annotations>": "dynamodb:GetItem dynamodb:UpdateItem",
        "<Annotations>/index/restoring_index": "dynamodb:Query dynamodb:Scan",
        "<Annotations>/index/user_id_index": "dynamodb:Query",
        "<Users>": "dynamodb:GetItem",
        "<Ephemeral>": "dynamodb:DeleteItem dynamodb:GetItem dynamodb:UpdateItem",
        "<RestoreRequestsQueue>": f"{CONSUME} sqs:SendMessage",
        "<RestoreCompletedQueue>": f"{CONSUME} sqs:SendMessage",
        "<JobResultsArchiveQueue>": "sqs:SendMessage",
        "<SurplusCopiesQueue>": "sqs:SendMessage",
        "<ResultMovesTopic>": "sns:Publish",
        **EMAIL,
    },
    "webhooks": {
        "assets": "s3:GetObject",
        "<Annotations>": "dynamodb:GetItem",
        "<Users>": "dynamodb:GetItem",
        "<OwnedItems>": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "<WebhooksQueue>": f"{CONSUME} sqs:SendMessage",
        **EMAIL,
    },
}

QUEUES = (
    *("JobRequests", "JobResultsNotify", "JobResultsArchive", "RestoreRequests"),
    *("RestoreCompleted", "Removals", "SurplusCopies", "Webhooks"),
)
READ_FOR_OPERATORS = (
    "autoscaling:DescribeAutoScalingGroups autoscaling:DescribeScalingActivities "
    "ce:GetCostAndUsage cloudwatch:DescribeAlarms cloudwatch:GetMetricData"
)

ALLOWED_FOR_OPERATORS = {
    "*": READ_FOR_OPERATORS,
    **{f"<{queue}Queue>": "sqs:GetQueueAttributes sqs:SendMessage" for queue in QUEUES},
    **{
        f"<{queue}Dlq>": "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes "
        "sqs:ReceiveMessage"
        for queue in QUEUES
    },
}
"""What web may do once it has taken the role for operators, and not before."""


def for_operators(resource: Resource) -> bool:
    """Whether it is the role that web takes for operators, or a policy of it."""
    return resource.logical_id.startswith("OperatorRole")


METRICS = "cloudwatch:GetMetricData"
FIGURES = {"utilities": METRICS}
"""What a fleet reads for the operator's pages that no policy can name as a resource."""


def _of_itself(fleet: str, stage: str) -> dict[str, str]:
    """What an instance may do about itself: write its log, say that it booted, and how it ends."""
    actions = {"autoscaling:SetInstanceHealth"}
    if fleet != "web":
        actions.add("autoscaling:CompleteLifecycleAction")
        if fleet == "annotator" and stage != "local":
            actions.add("autoscaling:SetInstanceProtection")
    name = fleet.capitalize()
    protects = "autoscaling:SetInstanceProtection" in actions
    return {
        "*": _sorted(DESCRIBE_GROUPS if protects else DESCRIBE, SESSIONS, FIGURES.get(fleet, "")),
        f"<{name}LogsGroup>": LOGS,
        "<AWS::StackId>": SIGNAL,
        f"autoScalingGroupName/<{name}GroupASG>": " ".join(sorted(actions)),
    }


def _sorted(*actions: str) -> str:
    return " ".join(sorted(" ".join(actions).split()))


UNSCOPED = {
    METRICS: "CloudWatch's metrics are no resources that a policy could name",
    **dict.fromkeys(
        DESCRIBE_GROUPS.split(), "Auto Scaling's descriptions can't be limited to a group"
    ),
    **dict.fromkeys(
        SESSIONS.split(),
        "the channels of Session Manager are no resources that a policy could name",
    ),
    **dict.fromkeys(
        READ_FOR_OPERATORS.split(), "descriptions of groups, alarms and metrics name no resource"
    ),
}
"""The only actions that a role may do on any resource, and why."""

WILDCARDS = {
    "/users/*": "keys begin with the id of their owner, and a process serves all owners",
    "/exports/*": "the same, of the files made for downloads",
    "/quarantine/*": "bodies that nobody can read, of one receive, have a key of their own",
    ":identity/*": "the identity is the sender or its domain, and a condition names the sender",
    ":configuration-set/*": "SES authorizes the identity's default set too",
}
"""How the only resources end that a role may name by a pattern, and why."""

GROUP = re.compile(r"autoScalingGroup:\*:autoScalingGroupName/gas-\w+-\w+-(\w+)[0-9A-F]{8}-\*$")
"""The only patterns within an ARN: for an id of Auto Scaling's, and for the end of the name that
CloudFormation makes up for the one group. A reference to the group would have the policy deleted
before it."""

EMPTIES_BUCKETS = "CustomS3AutoDeleteObjects"
"""The CDK's own function, where buckets go with their stack; buckets' policies say what it may."""

_ASSET = re.compile(r"^arn:.*:s3:::cdk-[\w$\{\}:-]+/[0-9a-f]{64}\.zip$")


def statements(policy: Resource) -> list[tuple[list[str], list[str]]]:
    """Actions and resources of each statement."""
    found = []
    for statement in policy.properties["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        actions, on = statement["Action"], statement["Resource"]
        found.append(
            (
                actions if isinstance(actions, list) else [actions],
                [text(resource) for resource in (on if isinstance(on, list) else [on])],
            )
        )
    return found


def noun(resource: str) -> str:
    """The short name of a resource: its logical id, `assets`, or what an ARN ends with."""
    if resource.startswith("<"):
        return resource
    if _ASSET.match(resource):
        return "assets"
    if group := GROUP.search(resource):
        return f"autoScalingGroupName/<{group[1]}>"
    return resource.rpartition(":")[2]


LOCKED = {"web": {"<AuditCopies>/users/*": "s3:PutObject"}}
"""Allowed beside these in a stage that locks copies of the audit log."""


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
        stack: _of_itself(stage=stage, fleet=stack)
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
