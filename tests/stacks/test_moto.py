"""Every stage that goes to AWS deploys to moto, as far as moto knows the types."""

import base64
import json
from collections.abc import Iterator

import boto3
import pytest

from runtime.contract.dynamodb import ANNOTATIONS
from stacks.settings import Stage, load
from tests.stacks.moto_account import MotoDeployment, deployable, moto_account
from tests.stacks.synthesis import DEPLOYED, resources, synthesize

UNKNOWN = {
    "AWS::AutoScaling::LifecycleHook",
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::Budgets::Budget",
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::FlowLog",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SecretsManager::Secret",
    "AWS::WAFv2::WebACL",
    "AWS::WAFv2::WebACLAssociation",
    "Custom::S3AutoDeleteObjects",
}
"""What moto can't create. A type that it learns, and one that no stage has, leaves this list."""


def with_certificate(stage: Stage) -> Stage:
    """The stage with a certificate that the account has, where it has one at all."""
    if stage.site is None:
        return stage
    acm = boto3.client("acm")
    arn = acm.request_certificate(DomainName=stage.site.domain)["CertificateArn"]
    site = stage.site.model_copy(update={"certificate_arn": arn})
    return stage.model_copy(update={"site": site})


@pytest.fixture(scope="module", params=DEPLOYED)
def deployed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MotoDeployment]:
    """A stage in an account of moto. Creating it checks that each resource is there."""
    folder = tmp_path_factory.mktemp(request.param)
    with moto_account():
        synthesize(with_certificate(load(request.param)), folder)
        deployment = MotoDeployment(folder)
        deployment.deploy()
        yield deployment


def test_should_leave_out_the_listed_types_alone_when_moto_lacks_them() -> None:
    kinds = {resource.type for stage in DEPLOYED for resource in resources(stage)}
    assert {kind for kind in kinds if not deployable(kind)} == UNKNOWN


def test_should_query_by_every_index_when_the_tables_are_deployed(
    deployed: MotoDeployment,
) -> None:
    dynamodb = boto3.client("dynamodb")
    names = [name for name in dynamodb.list_tables()["TableNames"] if "Annotations" in name]
    [name] = names
    for index in ANNOTATIONS.indexes:
        answer = dynamodb.query(
            TableName=name,
            IndexName=index.name,
            KeyConditionExpression=f"{index.partition_key} = :key",
            ExpressionAttributeValues={":key": {"S": "nobody"}},
        )
        assert answer["Count"] == 0


def test_should_have_a_queue_of_dead_letters_when_the_queues_are_deployed(
    deployed: MotoDeployment,
) -> None:
    sqs = boto3.client("sqs")
    urls = sqs.list_queues()["QueueUrls"]
    attributes = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls
    ]
    arns = {each["QueueArn"] for each in attributes}
    targets = [
        json.loads(each["RedrivePolicy"])["deadLetterTargetArn"]
        for each in attributes
        if "RedrivePolicy" in each
    ]
    assert len(set(targets)) * 2 == len(urls)
    assert set(targets) <= arns


def test_should_start_instances_that_boot_its_processes_when_the_groups_are_deployed(
    deployed: MotoDeployment,
) -> None:
    groups = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert groups
    ec2 = boto3.client("ec2")
    for group in groups:
        template = group["LaunchTemplate"]
        [version] = ec2.describe_launch_template_versions(
            LaunchTemplateId=template["LaunchTemplateId"], Versions=[template["Version"]]
        )["LaunchTemplateVersions"]
        script = base64.b64decode(version["LaunchTemplateData"]["UserData"]).decode()
        assert 'exec bash "$GAS_ROOT/app/runtime/boot/boot.sh" ' in script
