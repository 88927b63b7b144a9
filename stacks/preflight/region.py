"""Checks of the region: zones, endpoints, instance types and resource types."""

from collections.abc import Iterator

from stacks.images.choice import describe, processor
from stacks.preflight.findings import Check, Finding, Verdict
from stacks.preflight.subject import Subject

INSTEAD = {
    "AWS::Budgets::Budget": "Remove the table [budget], and make a budget by hand.",
    "AWS::SES::EmailIdentity": "Deploy to a region that has SES.",
    "AWS::WAFv2::WebACL": "Set firewall.enabled to false.",
}
"""What to do where a region lacks a type; for all others, another region is the way."""


def zones(subject: Subject) -> Iterator[Finding]:
    """The stage's zones exist and are open to this account."""
    answer = subject.client("ec2").describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
    )
    there = {
        zone["ZoneName"].removeprefix(subject.region)
        for zone in answer["AvailabilityZones"]
        if zone["State"] == "available"
    }
    wanted = subject.stage.network.zones
    found = ", ".join(sorted(there))
    if missing := sorted(set(wanted) - there):
        yield Finding(
            "Zones",
            ", ".join(wanted),
            found,
            Verdict.FAILS,
            f"Replace {', '.join(missing)} in network.zones.",
        )
    else:
        yield Finding("Zones", ", ".join(wanted), found)


def endpoints(subject: Subject) -> Iterator[Finding]:
    """Every interface endpoint is offered in the zones in which the stage wants it."""
    network = subject.stage.network
    if not network.private_endpoints:
        return
    prefix = f"com.amazonaws.{subject.region}."
    names = [f"{prefix}{service}" for service in subject.stage.endpoints]
    answer = subject.client("ec2").describe_vpc_endpoint_services(
        Filters=[
            {"Name": "service-name", "Values": names},
            {"Name": "service-type", "Values": ["Interface"]},
        ]
    )
    offered = {
        detail["ServiceName"].removeprefix(prefix): {
            zone.removeprefix(subject.region) for zone in detail["AvailabilityZones"]
        }
        for detail in answer["ServiceDetails"]
    }
    for service in subject.stage.endpoints:
        wanted, there = network.zones_of(service), offered.get(service, set())
        topic, needs = f"Endpoint {service}", f"zones {', '.join(wanted)}"
        usable = [zone for zone in network.zones if zone in there]
        if set(wanted) <= there:
            yield Finding(topic, needs, f"zones {', '.join(sorted(there))}")
        elif usable:
            letters = ", ".join(f'"{zone}"' for zone in usable)
            yield Finding(
                topic,
                needs,
                f"zones {', '.join(sorted(there))}",
                Verdict.FAILS,
                f"Set {service} = [{letters}] in [network.endpoint_zones].",
            )
        else:
            yield Finding(
                topic,
                needs,
                "none of the stage's zones",
                Verdict.FAILS,
                "Set network.private_endpoints to false, or choose another region.",
            )


def instance_types(subject: Subject) -> Iterator[Finding]:
    """EC2 offers the instance types in every zone of the stage."""
    names = sorted(subject.vcpus)
    pages = (
        subject.client("ec2")
        .get_paginator("describe_instance_type_offerings")
        .paginate(
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": names}],
        )
    )
    offered = {
        (offer["InstanceType"], offer["Location"].removeprefix(subject.region))
        for page in pages
        for offer in page["InstanceTypeOfferings"]
    }
    wanted = ", ".join(subject.stage.network.zones)
    for name in names:
        lacking = [zone for zone in subject.stage.network.zones if (name, zone) not in offered]
        topic, needs = f"Instance type {name}", f"zones {wanted}"
        if lacking:
            yield Finding(
                topic,
                needs,
                f"not in zone {', '.join(lacking)}",
                Verdict.FAILS,
                "Choose another type, or other zones.",
            )
        else:
            yield Finding(topic, needs, "offered there")


def image(subject: Subject) -> Iterator[Finding]:
    """The pinned image is in this region, and is for the stage's processor."""
    name = subject.stage.software.image
    update = f"Run ./gas image --stage {subject.stage.name} --update"
    needs = f"{name or 'an image'} for {processor(subject.stage)}"
    if name is None:
        yield Finding("Image", needs, "none is pinned", Verdict.NOTE, f"{update}.")
        return
    found = describe(subject.client, [name])
    if not found:
        yield Finding("Image", needs, "isn't in this region", Verdict.FAILS, f"{update}.")
        return
    [pinned] = found
    if pinned.processor != processor(subject.stage):
        yield Finding("Image", needs, f"is for {pinned.processor}", Verdict.FAILS, f"{update}.")
    else:
        yield Finding("Image", needs, f"{pinned.name} of {pinned.created[:10]}")


def resource_types(subject: Subject) -> Iterator[Finding]:
    """CloudFormation has every resource type of the templates in this region."""
    client = subject.client("cloudformation")
    missing = []
    for name in sorted(subject.templates.types):
        try:
            client.describe_type(Type="RESOURCE", TypeName=name)
        except client.exceptions.TypeNotFoundException:
            missing.append(name)
    needs = f"{len(subject.templates.types)} types"
    if not missing:
        yield Finding("Resource types", needs, "all are there")
    for name in missing:
        yield Finding(
            "Resource types",
            name,
            "missing",
            Verdict.FAILS,
            INSTEAD.get(name, "Choose another region."),
        )


CHECKS = (
    Check("Zones", "the stage's zones", ("ec2:DescribeAvailabilityZones",), zones),
    Check(
        "Endpoints",
        "the zones of the stage",
        ("ec2:DescribeVpcEndpointServices",),
        endpoints,
    ),
    Check(
        "Instance types",
        "the zones of the stage",
        ("ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes"),
        instance_types,
    ),
    Check("Image", "the image that the stage pins", ("ec2:DescribeImages",), image),
    Check(
        "Resource types",
        "every type of the templates",
        ("cloudformation:DescribeType",),
        resource_types,
    ),
)
