"""What the role of each fleet may do: all of it, by the short names of resources."""

import re

from tests.stacks.synthesis import Resource, text

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


def of_itself(fleet: str, stage: str) -> dict[str, str]:
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
