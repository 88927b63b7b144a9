"""Buckets and tables."""

import json
import re

import pytest

from stacks.settings import load
from tests.stacks.synthesis import (
    LAPTOP_URL,
    STAGES,
    Resource,
    of_every_stage,
    resources,
    templates,
    text,
)

DEPLOYABLE = ("dev", "prod")
BLOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def test_should_be_encrypted_and_private_when_a_resource_is_a_bucket() -> None:
    for stage, bucket in of_every_stage("AWS::S3::Bucket"):
        [rule] = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}, bucket.where
        assert bucket.properties["PublicAccessBlockConfiguration"] == BLOCKED, (stage, bucket.where)


@pytest.mark.parametrize("stage", DEPLOYABLE)
@pytest.mark.parametrize(
    ("kind", "policy", "of"),
    [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
    ],
)
def test_should_refuse_plain_http_when_deployed_to_aws(
    stage: str, kind: str, policy: str, of: str
) -> None:
    guarded = set()
    for resource in resources(stage, policy):
        target = resource.properties[of]
        for statement in resource.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny":  # of everybody, without TLS
                assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
                guarded.add(text(target[0] if isinstance(target, list) else target))
    everything = {text({"Ref": resource.logical_id}) for resource in resources(stage, kind)}
    assert everything
    assert guarded == everything


@pytest.mark.parametrize(
    ("stage", "origin"),
    [
        ("local", LAPTOP_URL),
        ("dev", "http://<LoadBalancer>"),
        ("prod", "https://gas.example.org"),
    ],
)
def test_should_admit_uploads_from_the_site_alone_when_from_a_browser(
    stage: str, origin: str
) -> None:
    rules = {
        bucket.logical_id[:-8]: bucket.properties.get("CorsConfiguration", {}).get("CorsRules", [])
        for bucket in resources(stage, "AWS::S3::Bucket")
    }
    [upload] = rules.pop("Inputs")
    assert [text(admitted) for admitted in upload["AllowedOrigins"]] == [origin]
    assert upload["AllowedMethods"] == ["POST"]
    rules.pop("AuditCopies", None)  # where the stage has it
    assert rules == {"Results": [], "Archive": [], "Logs": []}


@pytest.mark.parametrize(("stage", "policy"), [("dev", "Delete"), ("prod", "RetainExceptOnCreate")])
@pytest.mark.parametrize("kind", ["AWS::S3::Bucket", "AWS::DynamoDB::Table"])
def test_should_do_as_the_stage_says_when_data_lose_their_stack(
    stage: str, policy: str, kind: str
) -> None:
    for resource in resources(stage, kind):
        assert resource.body["DeletionPolicy"] == policy
        assert resource.body["UpdateReplacePolicy"] == policy.removesuffix("ExceptOnCreate")


@pytest.mark.parametrize("stage", STAGES)
def test_should_announce_finished_restores_when_the_bucket_is_the_archive(stage: str) -> None:
    announced = {
        bucket.logical_id[:-8]: [
            (rule["Event"], text(rule["Queue"]))
            for rule in bucket.properties["NotificationConfiguration"]["QueueConfigurations"]
        ]
        for bucket in resources(stage, "AWS::S3::Bucket")
        if "NotificationConfiguration" in bucket.properties
    }
    expected = [("s3:ObjectRestore:Completed", "<RestoreCompletedQueue>")]
    assert announced == {"Archive": expected}


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_the_designs_keys_when_a_resource_is_a_table(stage: str) -> None:
    keys = {}
    for table in resources(stage, "AWS::DynamoDB::Table"):
        name = table.logical_id[:-8]
        assert table.properties["BillingMode"] == "PAY_PER_REQUEST"
        keys[name] = [key["AttributeName"] for key in table.properties["KeySchema"]]
        for index in table.properties.get("GlobalSecondaryIndexes", []):
            keys[f"{name}.{index['IndexName']}"] = [
                *(key["AttributeName"] for key in index["KeySchema"]),
                index["Projection"]["ProjectionType"],
                *sorted(index["Projection"].get("NonKeyAttributes", [])),
            ]
    assert keys == {
        "Annotations": ["job_id"],
        "Annotations.user_id_index": ["user_id", "submit_time", "ALL"],
        "Annotations.open_jobs_index": [
            *("open_shard", "submit_time", "INCLUDE", "job_status", "lease_until")
        ],
        "Annotations.restoring_index": ["restoring_user", "restore_due", "KEYS_ONLY"],
        "Annotations.ended_index": [
            *("ended_day", "complete_time", "INCLUDE", "failure", "submit_time", "variants")
        ],
        "Users": ["user_id"],
        "Ephemeral": ["item_id"],
        "OwnedItems": ["owner", "item_id"],
        "Audit": ["owner", "event_id"],
    }


@pytest.mark.parametrize("stage", STAGES)
def test_should_let_s3_announce_restores_before_the_bucket_is_there(stage: str) -> None:
    """The name that CloudFormation will give the archive bucket fits the queue's pattern."""
    statements = [
        statement
        for policy in resources(stage, "AWS::SQS::QueuePolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "s3.amazonaws.com"}
    ]
    [statement] = statements
    pattern = text(statement["Condition"]["ArnLike"]["aws:SourceArn"])
    assert pattern.endswith(f":s3:::gas-{stage}-storage-*")
    assert "storage" in templates(stage)
    assert set(statement["Condition"]) == {"ArnLike", "StringEquals"}


def bucket_named(stage: str, name: str) -> Resource:
    [found] = [
        bucket
        for bucket in resources(stage, "AWS::S3::Bucket")
        if bucket.logical_id.startswith(name)
    ]
    return found


KEPT = ("Results", "Archive")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", ["Inputs", *KEPT])
def test_should_log_access_when_a_bucket_holds_data(stage: str, name: str) -> None:
    logging = bucket_named(stage, name).properties["LoggingConfiguration"]
    assert text(logging["DestinationBucketName"]) == "<Logs>"
    assert logging["LogFilePrefix"] == f"buckets/{name.lower()}/"


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("name", "key", "days_of"),
    [
        ("Inputs", "ExpirationInDays", "inputs_days"),
        ("Results", "NoncurrentVersionExpiration", "replaced_days"),
        ("Logs", "ExpirationInDays", "logs_days"),
    ],
)
def test_should_expire_as_the_stage_says_when_a_bucket_has_a_life_cycle(
    stage: str, name: str, key: str, days_of: str
) -> None:
    properties = bucket_named(stage, name).properties
    rules = properties["LifecycleConfiguration"]["Rules"]
    found = [rule[key] for rule in rules if key in rule and "Prefix" not in rule]
    days: int = getattr(load(stage).data, days_of)
    assert found == [{"NoncurrentDays": days} if key.startswith("Noncurrent") else days]
    unfinished = [rule.get("AbortIncompleteMultipartUpload") for rule in rules]
    assert {"DaysAfterInitiation": 1} in unfinished
    assert ("VersioningConfiguration" in properties) == (name in KEPT)


@pytest.mark.parametrize("stage", STAGES)
def test_should_expire_exports_alone_after_a_day_when_a_bucket_holds_results(stage: str) -> None:
    rules = bucket_named(stage, "Results").properties["LifecycleConfiguration"]["Rules"]
    [expiring] = [rule for rule in rules if "ExpirationInDays" in rule]
    assert expiring == {
        "ExpirationInDays": 1,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "Prefix": "exports/",
        "Status": "Enabled",
    }


@pytest.mark.parametrize("stage", STAGES)
def test_should_expire_no_version_when_a_bucket_is_the_archive(stage: str) -> None:
    """A version that isn't the current one may be the one that a job knows."""
    rules = bucket_named(stage, "Archive").properties["LifecycleConfiguration"]["Rules"]
    days = {key for rule in rules for key in rule if "Days" in key or "Noncurrent" in key}
    assert days == set()


@pytest.mark.parametrize("stage", STAGES)
def test_should_be_recoverable_and_protected_when_a_resource_is_a_table(stage: str) -> None:
    for table in resources(stage, "AWS::DynamoDB::Table"):
        recovery = table.properties["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}
        assert table.properties["SSESpecification"] == {"SSEEnabled": True}
        assert table.properties["DeletionProtectionEnabled"] == load(stage).deletion_protection


@pytest.mark.parametrize("stage", STAGES)
def test_should_forget_items_when_they_are_kept_for_a_while(stage: str) -> None:
    expiry = {
        table.logical_id[:-8]: table.properties["TimeToLiveSpecification"]
        for table in resources(stage, "AWS::DynamoDB::Table")
        if "TimeToLiveSpecification" in table.properties
    }
    kept_for_a_while = {"AttributeName": "expires_at", "Enabled": True}
    assert expiry == dict.fromkeys(("Ephemeral", "OwnedItems", "Audit"), kept_for_a_while)


@pytest.mark.parametrize("stage", STAGES)
def test_should_admit_the_services_that_log_when_the_bucket_holds_logs(stage: str) -> None:
    [policy] = [
        policy for policy in resources(stage, "AWS::S3::BucketPolicy") if policy.stack == "logs"
    ]
    admitted = set()
    for statement in policy.properties["PolicyDocument"]["Statement"]:
        service = statement["Principal"].get("Service")
        if service == "logdelivery.elasticloadbalancing.amazonaws.com":
            assert "Condition" not in statement  # known to be refused; the prefix has the account
        elif service:
            assert set(statement["Condition"]["ArnLike"]) == {"aws:SourceArn"}
            assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]
        if service:
            admitted.add((service, statement["Action"], text(statement["Resource"])))
    account = "AWSLogs/<AWS::AccountId>/*"
    assert admitted == {
        ("logging.s3.amazonaws.com", "s3:PutObject", "<Logs>/buckets/*"),
        (
            *("logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject"),
            f"<Logs>/load-balancer/{account}",
        ),
        ("delivery.logs.amazonaws.com", "s3:PutObject", f"<Logs>/flows/{account}"),
        ("delivery.logs.amazonaws.com", "s3:GetBucketAcl", "<Logs>"),
    }


def test_should_be_emptied_first_when_a_bucket_goes_with_its_stack() -> None:
    emptied = {
        stage: {
            text(resource.properties["BucketName"])
            for resource in resources(stage, "Custom::S3AutoDeleteObjects")
        }
        for stage in STAGES
    }
    assert emptied == {
        "local": set(),
        "dev": {"<Inputs>", "<Results>", "<Archive>", "<Logs>"},
        "prod": set(),
        "starter": set(),
    }


def test_should_lock_audit_records_for_their_time_when_the_stage_says_so() -> None:
    bucket = bucket_named("prod", "AuditCopies").properties
    rule = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert bucket["ObjectLockEnabled"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert rule == {"Mode": "COMPLIANCE", "Days": load("prod").audit.days}


@pytest.mark.parametrize("stage", STAGES)
def test_should_refuse_to_delete_what_holds_data_when_other_stacks_use_it(stage: str) -> None:
    """An export that is imported can't be deleted or changed; a weak reference could be."""
    exported = {
        output["Export"]["Name"]
        for output in templates(stage)["storage"]["Outputs"].values()
        if "Export" in output
    }
    for name, template in templates(stage).items():
        written = json.dumps(template)
        assert f'"StackName": "gas-{stage}-storage"' not in written, name
        imported = set(re.findall(r'"Fn::ImportValue": "([^"]+)"', written))
        assert imported <= exported, name
    copies = load(stage).audit.locked
    assert len(exported) == (18 if copies else 16)  # name and ARN of buckets and of five tables
