"""Checks of what a deployment starts from: settings, bootstrap, stacks, sender, certificate."""

from collections.abc import Iterator
from typing import Any

from stacks import operator_pages
from stacks.examples import example_keys
from stacks.preflight.findings import Check, Finding, Verdict
from stacks.preflight.subject import CREATED, Subject

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
"""The parameter of the CDK's bootstrap stack.
https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"""


def examples(subject: Subject) -> Iterator[Finding]:
    """The stage file has no example values."""
    stage = subject.stage
    if keys := example_keys(stage):
        yield Finding(
            "Settings",
            "no examples",
            ", ".join(keys),
            Verdict.FAILS,
            f"Fill them in: stages/{stage.name}.toml.",
        )
    else:
        yield Finding("Settings", "no examples", "none")


def pages(subject: Subject) -> Iterator[Finding]:
    """The stage has the operator's texts for the pages about, privacy, terms and contact."""
    missing = operator_pages.missing(subject.stage.name)
    needs = "the operator's texts"
    if missing:
        yield Finding(
            "Pages",
            needs,
            f"none for {', '.join(missing)}",
            Verdict.NOTE,
            f"Write them in Markdown: stages/{subject.stage.name}/{missing[0]}.md and so on. Until "
            "then these pages say that the operator hasn't filled them in.",
        )
    else:
        yield Finding("Pages", needs, "all there")


def bootstrap(subject: Subject) -> Iterator[Finding]:
    """The bootstrap stack is there, and new enough."""
    wanted = subject.templates.bootstrap_version
    client = subject.client("ssm")
    try:
        found = int(client.get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"])
    except client.exceptions.ParameterNotFound:
        found = 0
    needs = f"version {wanted} or newer"
    if found < wanted:
        yield Finding(
            "Bootstrap",
            needs,
            f"version {found}" if found else "none",
            Verdict.FAILS,
            "Run cdk bootstrap.",
        )
    else:
        yield Finding("Bootstrap", needs, f"version {found}")


def stacks(subject: Subject) -> Iterator[Finding]:
    """No stack is in a state that a deployment can't continue from."""
    needs = "none that block"
    done = [name for name, status in subject.deployed.items() if status in CREATED]
    for name, status in subject.deployed.items():
        if status.endswith("_IN_PROGRESS") and status not in CREATED:
            yield Finding("Stacks", needs, f"{name}: {status}", Verdict.FAILS, "Wait for its end.")
        elif status in ("ROLLBACK_FAILED", "DELETE_FAILED"):
            yield Finding(
                "Stacks",
                needs,
                f"{name}: {status}",
                Verdict.FAILS,
                "Delete it in the CloudFormation console; its events say what blocks.",
            )
        elif status == "UPDATE_ROLLBACK_FAILED":
            yield Finding(
                "Stacks",
                needs,
                f"{name}: {status}",
                Verdict.FAILS,
                "Continue its rollback in the CloudFormation console.",
            )
    first = len(done) < len(subject.templates.stacks)
    command = f"cdk deploy --all -c stage={subject.stage.name}{' -c first=true' if first else ''}"
    yield Finding(
        "Stacks",
        needs,
        f"{len(done)} of {len(subject.templates.stacks)} are deployed",
        do=f"Deploy with: {command}",
    )


def emails(subject: Subject) -> Iterator[Finding]:
    """SES sends to everybody, and the identity exists or not, as the stage says."""
    client = subject.client("sesv2")
    if client.get_account()["ProductionAccessEnabled"]:
        yield Finding("SES", "to send to everybody", "production access")
    else:
        yield Finding(
            "SES",
            "to send to everybody",
            "sandbox: only verified addresses get emails",
            Verdict.NOTE,
            "Request production access in the SES console.",
        )
    mail = subject.stage.mail
    domain = mail.sender.rpartition("@")[2]
    if mail.identity == "existing":
        yield _existing(client, mail.sender, domain)
    else:
        yield _created(client, mail.domain or mail.sender, subject)


def _existing(client: Any, sender: str, domain: str) -> Finding:
    for name in (sender, domain):
        if (verified := _identity(client, name)) is not None:
            if verified:
                return Finding("Sender", f"{sender} or {domain}", f"{name} is verified")
            return Finding(
                "Sender",
                f"{sender} or {domain}",
                f"{name} isn't verified",
                Verdict.NOTE,
                "Follow the link in SES's email, or add its DNS records.",
            )
    return Finding(
        "Sender",
        f"{sender} or {domain}",
        "no such identity",
        Verdict.FAILS,
        'Set mail.identity to "create".',
    )


def _created(client: Any, name: str, subject: Subject) -> Finding:
    if _identity(client, name) is None:
        return Finding("Sender", f"no identity {name} yet", "none")
    if subject.has_stack("messaging"):
        return Finding("Sender", f"identity {name}", "created by this stage")
    return Finding(
        "Sender",
        f"no identity {name} yet",
        "it exists already",
        Verdict.FAILS,
        'Set mail.identity to "existing", and remove mail.domain.',
    )


def _identity(client: Any, name: str) -> bool | None:
    """Return whether an identity is verified; None where there is none."""
    try:
        return bool(client.get_email_identity(EmailIdentity=name)["VerifiedForSendingStatus"])
    except client.exceptions.NotFoundException:
        return None


def certificate(subject: Subject) -> Iterator[Finding]:
    """The certificate is issued, for the domain, in this region."""
    site = subject.stage.site
    if site is None:
        return
    needs = f"issued, for {site.domain}, in {subject.region}"
    region = site.certificate_arn.split(":")[3]
    if region != subject.region:
        yield Finding(
            "Certificate",
            needs,
            f"in {region}",
            Verdict.FAILS,
            f"Request one in {subject.region}: a load balancer takes no other.",
        )
        return
    client = subject.client("acm")
    try:
        found = client.describe_certificate(CertificateArn=site.certificate_arn)["Certificate"]
    except client.exceptions.ResourceNotFoundException:
        yield Finding(
            "Certificate", needs, "none", Verdict.FAILS, "Request it in ACM, and name its ARN."
        )
        return
    names = {found["DomainName"], *found.get("SubjectAlternativeNames", [])}
    wildcard = f"*.{site.domain.partition('.')[2]}"
    if not names & {site.domain, wildcard}:
        yield Finding(
            "Certificate",
            needs,
            f"for {', '.join(sorted(names))}",
            Verdict.FAILS,
            f"Request one for {site.domain}.",
        )
    elif found["Status"] != "ISSUED":
        yield Finding(
            "Certificate",
            needs,
            str(found["Status"]),
            Verdict.FAILS,
            "Add the DNS record that ACM names, and wait until it is issued.",
        )
    else:
        yield Finding("Certificate", needs, "issued")


CHECKS = (
    Check("Settings", "no examples", (), examples),
    Check("Pages", "the operator's texts", (), pages),
    Check("Bootstrap", "the CDK's stack", ("ssm:GetParameter",), bootstrap),
    Check("Stacks", "none that block", ("cloudformation:DescribeStacks",), stacks),
    Check("SES", "a sender", ("ses:GetAccount", "ses:GetEmailIdentity"), emails),
    Check("Certificate", "issued, in the region", ("acm:DescribeCertificate",), certificate),
)
