"""Checks of the account: its plan and its quotas."""

import re
from collections.abc import Iterator

from runtime.contract.tags import STAGE_TAG
from stacks.preflight.findings import Check, Finding, Verdict
from stacks.preflight.subject import Subject

ON_DEMAND_VCPUS = "L-1216C47A"
"""Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances, in vCPUs.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html"""

SPOT_VCPUS = "L-34B43A08"
"""All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests, in vCPUs."""

STANDARD = re.compile(r"[acdhimrtz]\d|im4gn|is4gen")

ELASTIC_ADDRESSES = "L-0263D0A3"
"""EC2-VPC Elastic IPs.
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""


def plan(subject: Subject) -> Iterator[Finding]:
    """The Free plan refuses most instance types.

    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
    """
    needs = "a plan that allows " + ", ".join(sorted(subject.vcpus))
    freetier = subject.client("freetier", region_name="us-east-1")
    found = freetier.get_account_plan_state()["accountPlanType"]
    refused = sorted(set(subject.vcpus) - subject.free_plan_types)
    if found == "FREE" and refused:
        yield Finding(
            "Plan",
            needs,
            f"Free plan, which refuses {', '.join(refused)}",
            Verdict.FAILS,
            "Upgrade to the Paid plan in the Billing console.",
        )
    else:
        yield Finding("Plan", needs, f"{found.capitalize()} plan")


def vcpus(subject: Subject) -> Iterator[Finding]:
    """The quotas of running vCPUs, of On-Demand and of Spot instances."""
    for spot, code, topic in (
        (False, ON_DEMAND_VCPUS, "On-Demand vCPUs"),
        (True, SPOT_VCPUS, "Spot vCPUs"),
    ):
        fleets = [fleet for fleet in subject.stage.fleets.values() if fleet.spot == spot]
        if not fleets:
            continue
        first = sum(fleet.min * subject.vcpus[fleet.instance_type] for fleet in fleets)
        most = sum(fleet.max * subject.vcpus[fleet.instance_type] for fleet in fleets)
        strange = {
            fleet.instance_type for fleet in fleets if not STANDARD.match(fleet.instance_type)
        }
        quota = _quota(subject, "ec2", code)
        needs = f"{first} to start, up to {most}"
        ask = f"Request an increase of EC2 quota {code} to {most} in Service Quotas."
        if strange:
            yield Finding(
                topic,
                needs,
                f"{', '.join(sorted(strange))} counts in another quota than {code}",
                Verdict.UNREAD,
                "Look up the quota of that family in Service Quotas.",
            )
        elif quota < first:
            yield Finding(topic, needs, f"{quota:.0f}", Verdict.FAILS, ask)
        elif quota < most:
            yield Finding(topic, needs, f"{quota:.0f}", Verdict.NOTE, ask)
        else:
            yield Finding(topic, needs, f"{quota:.0f}")


def elastic_addresses(subject: Subject) -> Iterator[Finding]:
    """Each NAT gateway takes an elastic IP address."""
    wanted = subject.stage.network.nat_gateways
    used = len(subject.client("ec2").describe_addresses()["Addresses"])
    quota = _quota(subject, "ec2", ELASTIC_ADDRESSES)
    deployed = f"{used} of {quota:.0f} in use"
    if wanted > quota - used and not subject.has_stack("network"):
        yield Finding(
            "Elastic IPs",
            f"{wanted}, one for each NAT gateway",
            deployed,
            Verdict.FAILS,
            f"Release some, or request an increase of EC2 quota {ELASTIC_ADDRESSES}.",
        )
    else:
        yield Finding("Elastic IPs", f"{wanted}, one for each NAT gateway", deployed)


def cost_tag(subject: Subject) -> Iterator[Finding]:
    """The budget counts by a tag that somebody has to activate once per account.

    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """
    if subject.stage.budget is None:
        return
    explorer = subject.client("ce", region_name="us-east-1")
    answer = explorer.list_cost_allocation_tags(Status="Active", TagKeys=[STAGE_TAG])
    needs = f"the cost allocation tag {STAGE_TAG}"
    if answer["CostAllocationTags"]:
        yield Finding("Budget", needs, "active")
    else:
        yield Finding(
            "Budget",
            needs,
            "not active: the budget sees no costs",
            Verdict.NOTE,
            "A day after the deployment, activate it in Billing, Cost allocation tags.",
        )


def _quota(subject: Subject, service: str, code: str) -> float:
    quotas = subject.client("service-quotas")
    answer = quotas.get_service_quota(ServiceCode=service, QuotaCode=code)
    return float(answer["Quota"]["Value"])


CHECKS = (
    Check(
        "Plan",
        "a plan that allows the instance types",
        ("freetier:GetAccountPlanState",),
        plan,
    ),
    Check(
        "On-Demand vCPUs",
        "room for the instances",
        ("servicequotas:GetServiceQuota",),
        vcpus,
    ),
    Check(
        "Elastic IPs",
        "one for each NAT gateway",
        ("ec2:DescribeAddresses", "servicequotas:GetServiceQuota"),
        elastic_addresses,
    ),
    Check(
        "Budget",
        "the tag that it counts by",
        ("ce:ListCostAllocationTags",),
        cost_tag,
    ),
)
