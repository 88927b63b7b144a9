"""Buckets and tables."""

import pytest

from tests.stacks.synthesis import LAPTOP_URL, STAGES, of_every_stage, resources, templates, text

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
            if statement["Effect"] == "Deny":
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
    assert rules == {"Results": [], "Archive": []}


@pytest.mark.parametrize(("stage", "policy"), [("dev", "Delete"), ("prod", "Retain")])
@pytest.mark.parametrize("kind", ["AWS::S3::Bucket", "AWS::DynamoDB::Table"])
def test_should_do_as_the_stage_says_when_data_lose_their_stack(
    stage: str, policy: str, kind: str
) -> None:
    for resource in resources(stage, kind):
        assert resource.body["DeletionPolicy"] == policy
        assert resource.body["UpdateReplacePolicy"] == policy


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
        "Users": ["user_id"],
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
