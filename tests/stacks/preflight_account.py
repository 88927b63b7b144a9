"""An account that is ready for prod, by what AWS answers, and parts of such answers."""

from typing import Any

from stacks.preflight.subject import Templates
from stacks.settings import (
    Events,
    Reference,
    SignIn,
    SignInIssuer,
    Software,
    load,
)
from tests.stacks.api_answers import (
    Answers,
    endpoint_services,
    instance_types,
    offerings,
    plan,
    quotas,
    zones,
)

REGION = "eu-west-1"
CERTIFICATE = "arn:aws:acm:eu-west-1:210987654321:certificate/00000000-0000-0000-0000-000000000000"
TYPES = ["c6i.xlarge", "t3.medium", "t3.small"]
TEMPLATES = Templates(
    types=frozenset({"AWS::S3::Bucket", "AWS::Budgets::Budget"}),
    stacks=("gas-prod-network", "gas-prod-messaging"),
    bootstrap_version=6,
)

IMAGE = "ami-0123456789abcdef0"


def images(*, architecture: str = "x86_64") -> dict[str, Any]:
    image = {
        "ImageId": IMAGE,
        "Name": "al2023-ami-2023.9.20260105.0-kernel-6.1-x86_64",
        "CreationDate": "2026-01-05T00:00:00.000Z",
        "Architecture": architecture,
    }
    return {"Images": [image]}


def with_image(image: str | None) -> Software:
    return load("prod").software.model_copy(update={"image": image})


TAG = {"TagKey": "gas-stage", "Type": "UserDefined", "Status": "Active"}

READY: Answers = {
    ("ec2", "DescribeInstanceTypes"): instance_types(TYPES),
    ("ec2", "DescribeAvailabilityZones"): zones(REGION, "abc"),
    ("ec2", "DescribeVpcEndpointServices"): endpoint_services("abc"),
    ("ec2", "DescribeInstanceTypeOfferings"): offerings(REGION, "abc"),
    ("ec2", "DescribeAddresses"): {"Addresses": []},
    ("ec2", "DescribeImages"): images(),
    ("cloudformation", "DescribeStacks"): {"Stacks": []},
    ("cloudformation", "DescribeType"): {"Type": "RESOURCE"},
    ("service-quotas", "GetServiceQuota"): quotas(L_1216C47A=64.0, L_0263D0A3=5.0),
    ("freetier", "GetAccountPlanState"): plan("PAID"),
    ("ce", "ListCostAllocationTags"): {"CostAllocationTags": [TAG]},
    ("ssm", "GetParameter"): {"Parameter": {"Value": "29"}},
    ("sesv2", "GetAccount"): {"ProductionAccessEnabled": True},
    ("sesv2", "GetEmailIdentity"): "NotFoundException",
    ("acm", "DescribeCertificate"): {
        "Certificate": {"DomainName": "gas.genes.test", "Status": "ISSUED"}
    },
}
"""An account in which prod can be deployed."""


def deployed(status: str) -> dict[str, Any]:
    names = TEMPLATES.stacks
    return {
        "Stacks": [
            {"StackName": name, "StackStatus": status, "CreationTime": "2026-01-01T00:00:00Z"}
            for name in names
        ]
    }


def with_sign_in_secret() -> dict[str, Any]:
    """The stacks, deployed, one of them with the secret of client secrets."""
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:sign-in"
    stacks = deployed("CREATE_COMPLETE")["Stacks"]
    output = {"OutputKey": "SignInSecret", "OutputValue": arn}
    return {"Stacks": [*stacks[:-1], {**stacks[-1], "Outputs": [output]}]}


ORCID = {
    "sign_in": SignIn(
        issuers={
            "orcid": SignInIssuer(label="ORCID", issuer="https://orcid.org", client_id="APP-1")
        }
    )
}

BUS = {"events": Events(bus="gas-events")}

VERIFIED = {"VerifiedForSendingStatus": True}

GENOMES = {"reference": Reference(offered=["rcrs", "s3://genomes/a/grch38-116"], total_gib=2)}


def published(size: int, *, region: str = REGION, manifest: str = "manifest.json") -> Answers:
    """What S3 says of a folder with two files."""
    objects = {f"a/grch38-116/{manifest}": 9, "a/grch38-116/genome.fa": size - 9}
    contents = [{"Key": key, "Size": bytes_} for key, bytes_ in objects.items()]
    return {
        ("s3", "HeadBucket"): {"BucketRegion": region},
        ("s3", "ListObjectsV2"): {"Contents": contents, "IsTruncated": False},
    }
