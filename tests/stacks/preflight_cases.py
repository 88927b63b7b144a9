"""Accounts, by what AWS answers: one that is ready for prod, and what others lack."""

from typing import Any

from stacks.preflight.findings import Verdict
from stacks.preflight.subject import Templates
from stacks.settings import (
    Events,
    Mail,
    Reference,
    SignIn,
    SignInIssuer,
    Site,
    Software,
    Stripe,
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


# Of each: the answers that differ, the changes of the stage, the topic, the verdict, what to do.
WRONG: dict[str, tuple[Answers, dict[str, Any], str, Verdict, str]] = {
    "a new account's quota": (
        {("service-quotas", "GetServiceQuota"): quotas(L_1216C47A=5.0, L_0263D0A3=5.0)},
        {},
        "On-Demand vCPUs",
        Verdict.FAILS,
        "Request an increase of EC2 quota L-1216C47A to 48 in Service Quotas.",
    ),
    "a quota for the start alone": (
        {("service-quotas", "GetServiceQuota"): quotas(L_1216C47A=16.0, L_0263D0A3=5.0)},
        {},
        "On-Demand vCPUs",
        Verdict.NOTE,
        "Request an increase of EC2 quota L-1216C47A to 48",
    ),
    "an issuer before the first deployment": (
        {},
        ORCID,
        "Sign-in",
        Verdict.NOTE,
        "After the deployment, put those of orcid into the secret SignInSecret.",
    ),
    "an issuer without a client secret": (
        {
            ("cloudformation", "DescribeStacks"): with_sign_in_secret(),
            ("secretsmanager", "DescribeSecret"): {"Name": "sign-in"},
        },
        ORCID,
        "Sign-in",
        Verdict.NOTE,
        "Put those of orcid into the secret SignInSecret: docs/sign-in.md.",
    ),
    "a bus that is not there": (
        {("events", "DescribeEventBus"): "ResourceNotFoundException"},
        BUS,
        "Event bus",
        Verdict.FAILS,
        f"Create it: aws events create-event-bus --name gas-events --region {REGION}.",
    ),
    "a bus that nobody may describe": (
        {("events", "DescribeEventBus"): "AccessDeniedException"},
        BUS,
        "Event bus",
        Verdict.UNREAD,
        "Allow events:DescribeEventBus",
    ),
    "a reference that is not whole": (
        published(9, manifest="genes.gff3.gz"),
        GENOMES,
        "References",
        Verdict.FAILS,
        "Run ./gas reference publish until it ends",
    ),
    "a reference in another region": (
        published(9, region="us-east-1"),
        GENOMES,
        "References",
        Verdict.FAILS,
        "Publish it to a bucket in the region",
    ),
    "references larger than the stage says": (
        published(2 * 1024**3 + 1),
        GENOMES,
        "References",
        Verdict.FAILS,
        "Set reference.total_gib to 3",
    ),
    "references that nobody may list": (
        {},
        GENOMES,
        "References",
        Verdict.UNREAD,
        "Allow s3:ListBucket",
    ),
    "no image": (
        {},
        {"software": with_image(None)},
        "Image",
        Verdict.NOTE,
        "Run ./gas image --stage prod --update",
    ),
    "an image of another region": (
        {("ec2", "DescribeImages"): {"Images": []}},
        {},
        "Image",
        Verdict.FAILS,
        "Run ./gas image --stage prod --update",
    ),
    "an image for another processor": (
        {("ec2", "DescribeImages"): images(architecture="arm64")},
        {},
        "Image",
        Verdict.FAILS,
        "Run ./gas image --stage prod --update",
    ),
    "the Free plan": (
        {("freetier", "GetAccountPlanState"): plan("FREE")},
        {},
        "Plan",
        Verdict.FAILS,
        "Upgrade to the Paid plan",
    ),
    "few elastic IPs": (
        {("ec2", "DescribeAddresses"): {"Addresses": [{"PublicIp": "192.0.2.1"}] * 5}},
        {},
        "Elastic IPs",
        Verdict.FAILS,
        "Release some, or request an increase of EC2 quota L-0263D0A3.",
    ),
    "a tag that nobody has activated": (
        {("ce", "ListCostAllocationTags"): {"CostAllocationTags": []}},
        {},
        "Budget",
        Verdict.NOTE,
        "A day after the deployment, activate it",
    ),
    "a zone that isn't there": (
        {("ec2", "DescribeAvailabilityZones"): zones(REGION, "ab")},
        {},
        "Zones",
        Verdict.FAILS,
        "Replace c in network.zones.",
    ),
    "an endpoint in fewer zones": (
        {("ec2", "DescribeVpcEndpointServices"): endpoint_services("ac")},
        {},
        "Endpoint email",
        Verdict.FAILS,
        'Set email = ["a", "c"] in [network.endpoint_zones].',
    ),
    "an endpoint in no zone": (
        {("ec2", "DescribeVpcEndpointServices"): {"ServiceDetails": []}},
        {},
        "Endpoint sqs",
        Verdict.FAILS,
        "Set network.private_endpoints to false",
    ),
    "an instance type in fewer zones": (
        {("ec2", "DescribeInstanceTypeOfferings"): offerings(REGION, "ab")},
        {},
        "Instance type c6i.xlarge",
        Verdict.FAILS,
        "Choose another type, or other zones.",
    ),
    "a type that the region lacks": (
        {
            ("cloudformation", "DescribeType"): lambda request: (
                "TypeNotFoundException" if "Budget" in request["TypeName"] else {"Type": "RESOURCE"}
            )
        },
        {},
        "Resource types",
        Verdict.FAILS,
        "Remove the table [budget]",
    ),
    "the sandbox": (
        {("sesv2", "GetAccount"): {"ProductionAccessEnabled": False}},
        {},
        "SES",
        Verdict.NOTE,
        "Request production access",
    ),
    "an identity that exists": (
        {("sesv2", "GetEmailIdentity"): VERIFIED},
        {},
        "Sender",
        Verdict.FAILS,
        'Set mail.identity to "existing"',
    ),
    "an identity that doesn't": (
        {},
        {"mail": Mail(sender="gas@genes.test", identity="existing")},
        "Sender",
        Verdict.FAILS,
        'Set mail.identity to "create".',
    ),
    "an identity that isn't verified": (
        {("sesv2", "GetEmailIdentity"): {"VerifiedForSendingStatus": False}},
        {"mail": Mail(sender="gas@genes.test", identity="existing")},
        "Sender",
        Verdict.NOTE,
        "Follow the link",
    ),
    "a certificate that waits": (
        {
            ("acm", "DescribeCertificate"): {
                "Certificate": {"DomainName": "gas.genes.test", "Status": "PENDING_VALIDATION"}
            }
        },
        {},
        "Certificate",
        Verdict.FAILS,
        "Add the DNS record",
    ),
    "a certificate of another name": (
        {
            ("acm", "DescribeCertificate"): {
                "Certificate": {"DomainName": "*.other.test", "Status": "ISSUED"}
            }
        },
        {},
        "Certificate",
        Verdict.FAILS,
        "Request one for gas.genes.test.",
    ),
    "a certificate elsewhere": (
        {},
        {
            "site": Site(
                domain="gas.genes.test",
                certificate_arn=CERTIFICATE.replace(REGION, "us-east-1"),
            )
        },
        "Certificate",
        Verdict.FAILS,
        "Request one in eu-west-1",
    ),
    "no bootstrap stack": (
        {("ssm", "GetParameter"): "ParameterNotFound"},
        {},
        "Bootstrap",
        Verdict.FAILS,
        "Run cdk bootstrap.",
    ),
    "an old bootstrap stack": (
        {("ssm", "GetParameter"): {"Parameter": {"Value": "5"}}},
        {},
        "Bootstrap",
        Verdict.FAILS,
        "Run cdk bootstrap.",
    ),
    "a stack whose creation couldn't be rolled back": (
        {("cloudformation", "DescribeStacks"): deployed("ROLLBACK_FAILED")},
        {},
        "Stacks",
        Verdict.FAILS,
        "Delete it in the CloudFormation console",
    ),
    "an example": (
        {},
        {"stripe": Stripe(plan="price_EXAMPLE", publishable_key="pk_live_1")},
        "Settings",
        Verdict.FAILS,
        "Fill them in: stages/prod.toml.",
    ),
    "a refused question": (
        {("freetier", "GetAccountPlanState"): "AccessDeniedException"},
        {},
        "Plan",
        Verdict.UNREAD,
        "Allow freetier:GetAccountPlanState",
    ),
}
