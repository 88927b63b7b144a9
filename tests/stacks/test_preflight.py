"""What is said of an account before the first deployment, by recorded answers."""

import io
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from rich.console import Console

from stacks.preflight.__main__ import CHECKS, main, report
from stacks.preflight.findings import Finding, Verdict, run_all
from stacks.preflight.subject import Templates, subject_of, templates_of
from stacks.settings import Mail, Reference, Site, Stage, Stripe, load
from tests.emulator import running_emulator
from tests.stacks.recorded_answers import (
    Answers,
    endpoint_services,
    instance_types,
    offerings,
    plan,
    quotas,
    recorded,
    zones,
)
from tests.stacks.synthesis import ROOT, resources

REGION = "eu-west-1"
CERTIFICATE = "arn:aws:acm:eu-west-1:210987654321:certificate/00000000-0000-0000-0000-000000000000"
TYPES = ["c6i.xlarge", "t3.medium", "t3.small"]
TEMPLATES = Templates(
    types=frozenset({"AWS::S3::Bucket", "AWS::Budgets::Budget"}),
    stacks=("gas-prod-network", "gas-prod-messaging"),
    bootstrap_version=6,
)

TAG = {"TagKey": "gas-stage", "Type": "UserDefined", "Status": "Active"}

READY: Answers = {
    ("ec2", "DescribeInstanceTypes"): instance_types(TYPES),
    ("ec2", "DescribeAvailabilityZones"): zones(REGION, "abc"),
    ("ec2", "DescribeVpcEndpointServices"): endpoint_services("abc"),
    ("ec2", "DescribeInstanceTypeOfferings"): offerings(REGION, "abc"),
    ("ec2", "DescribeAddresses"): {"Addresses": []},
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


def prod(**changes: Any) -> Stage:
    filled_in = {
        "site": Site(domain="gas.genes.test", certificate_arn=CERTIFICATE),
        "mail": Mail(sender="gas@genes.test", ops_email="ops@genes.test"),
        "stripe": Stripe(plan="price_1", publishable_key="pk_live_1"),
    }
    return load("prod").model_copy(update=filled_in | changes)


def findings(answers: Answers, stage: Stage | None = None) -> list[Finding]:
    subject = subject_of(
        stage or prod(), region=REGION, templates=TEMPLATES, client=recorded(answers, REGION)
    )
    return list(run_all(CHECKS, subject))


def said(found: list[Finding]) -> dict[str, tuple[Verdict, str]]:
    """What isn't well, by its topic: the verdict and what to do."""
    return {each.topic: (each.verdict, each.do) for each in found if each.verdict != Verdict.OK}


def test_should_find_nothing_when_the_account_is_ready() -> None:
    found = findings(READY)
    assert said(found) == {}
    [stacks] = [each for each in found if each.topic == "Stacks"]
    assert stacks.do == "Deploy with: cdk deploy --all -c stage=prod -c first=true"


def deployed(status: str) -> dict[str, Any]:
    names = TEMPLATES.stacks
    return {
        "Stacks": [
            {"StackName": name, "StackStatus": status, "CreationTime": "2026-01-01T00:00:00Z"}
            for name in names
        ]
    }


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


@pytest.mark.parametrize(
    ("answers", "changes", "topic", "verdict", "do"), WRONG.values(), ids=WRONG
)
def test_should_say_what_to_do_when_the_account_lacks_something(
    answers: Answers, changes: dict[str, Any], topic: str, verdict: Verdict, do: str
) -> None:
    found = said(findings(READY | answers, prod(**changes)))
    assert {each.split()[0] for each in found} == {topic.split(maxsplit=1)[0]}, (
        "and of nothing else"
    )
    assert found[topic][0] == verdict
    assert found[topic][1].startswith(do)


def test_should_find_nothing_when_the_references_are_as_the_stage_says() -> None:
    found = findings(READY | published(2 * 1024**3), prod(**GENOMES))
    assert said(found) == {}
    assert [each.found for each in found if each.topic == "References"] == ["2.0 GiB", "2 GiB"]


def test_should_expect_its_own_identity_when_the_stage_is_deployed() -> None:
    answers = READY | {
        ("cloudformation", "DescribeStacks"): deployed("UPDATE_COMPLETE"),
        ("sesv2", "GetEmailIdentity"): VERIFIED,
    }
    found = findings(answers)
    assert said(found) == {}
    [stacks] = [each for each in found if each.topic == "Stacks"]
    assert stacks.do == "Deploy with: cdk deploy --all -c stage=prod"


def test_should_ask_about_no_certificate_and_no_endpoint_when_the_stage_has_none() -> None:
    dev = load("dev")
    topics = [each.topic for each in findings(READY, dev)]
    assert not [each for each in topics if each.startswith(("Certificate", "Endpoint"))]


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ({}, 0, "A deployment may begin; 0 to note."),
        ({("ssm", "GetParameter"): "ParameterNotFound"}, 1, "1 of "),
    ],
)
def test_should_exit_by_what_it_found_when_it_has_asked(
    monkeypatch: pytest.MonkeyPatch, answers: Answers, code: int, words: str
) -> None:
    monkeypatch.setattr("stacks.preflight.__main__.templates_of", lambda stage: TEMPLATES)
    console = Console(file=io.StringIO(), width=200)
    assert report(prod(), REGION, recorded(READY | answers, REGION), console) == code
    assert words in console.file.getvalue()  # type: ignore[attr-defined]


def test_should_know_what_the_templates_ask_for_when_it_has_synthesized() -> None:
    found = templates_of(load("dev"))
    assert found.types == {resource.type for resource in resources("dev")} - {
        kind for kind in {resource.type for resource in resources("dev")} if kind[:3] != "AWS"
    }
    assert "gas-dev-network" in found.stacks
    assert found.bootstrap_version >= 6


def test_should_say_what_it_would_read_when_there_are_no_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    console = Console(file=io.StringIO(), width=200)
    assert main(["--stage", "dev", "--region", REGION], console) == 1
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    for check in CHECKS:
        for action in check.reads:
            assert action in printed


def test_should_exit_with_one_and_go_on_when_the_emulator_knows_some_answers_alone() -> None:
    with running_emulator() as emulator:
        ran = subprocess.run(
            [sys.executable, "-m", "stacks.preflight", "--stage", "dev"],
            cwd=ROOT,
            env=os.environ | emulator.environment | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 1, ran.stderr
    assert "Account 000000000000, us-east-1, stage dev" in ran.stdout
    verdicts = dict(re.findall(r"^  (\w[\w -]*): (\w+)$", ran.stdout, re.MULTILINE))
    assert verdicts["Settings"] == "fails"
    assert verdicts["Zones"] == "ok"
    assert verdicts["Bootstrap"] == "fails"
    assert verdicts["Plan"] == "unread"  # the emulator has no such service
