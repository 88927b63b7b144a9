"""What an account or a stage may lack before a deployment, and what the checks say of it."""

from typing import Any

from stacks.preflight.findings import Verdict
from stacks.settings import (
    Mail,
    Site,
    Stripe,
)
from tests.stacks.api_answers import (
    Answers,
    endpoint_services,
    offerings,
    plan,
    quotas,
    zones,
)
from tests.stacks.preflight_account import (
    BUS,
    CERTIFICATE,
    GENOMES,
    ORCID,
    REGION,
    VERIFIED,
    deployed,
    images,
    published,
    with_image,
    with_sign_in_secret,
)

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
