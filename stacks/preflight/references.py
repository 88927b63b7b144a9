"""Checks of the references that a stage offers from S3: there, complete, and of the size said."""

import math
from collections.abc import Iterator
from typing import Any

from stacks.preflight.findings import Check, Finding, Verdict
from stacks.preflight.subject import Subject

GIB = 1024**3
MANIFEST = "manifest.json"
"""Written last: a folder without it isn't complete."""


def references(subject: Subject) -> Iterator[Finding]:
    """Each published reference is there, in the region, and all are as large as the stage says."""
    reference = subject.stage.reference
    client = subject.client("s3")
    size, whole = 0, True
    for uri in reference.published:
        finding, found = _look(client, uri, subject.region)
        size += found
        whole &= finding.verdict is Verdict.OK
        yield finding
    if reference.published and whole:
        yield _total(math.ceil(size / GIB), reference.total_gib or 0)


def _look(client: Any, uri: str, region: str) -> tuple[Finding, int]:
    """What is to be said of a folder, and the bytes that it holds."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    needs = f"{prefix} in {region}"
    there = client.head_bucket(Bucket=bucket)["BucketRegion"]
    if there != region:
        do = "Publish it to a bucket in the region of the deployment."
        return Finding("References", needs, f"{bucket} is in {there}", Verdict.FAILS, do), 0
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
    sizes = {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", [])}
    if f"{prefix}/{MANIFEST}" not in sizes:
        do = "Run ./gas reference publish until it ends, or correct reference.offered."
        return Finding("References", needs, f"no {MANIFEST} in {uri}", Verdict.FAILS, do), 0
    size = sum(sizes.values())
    return Finding("References", needs, f"{size / GIB:,.1f} GiB"), size


def _total(found: int, told: int) -> Finding:
    needs = f"at most {told} GiB of references"
    if found <= told:
        return Finding("References", needs, f"{found} GiB")
    do = f"Set reference.total_gib to {found}, and fleets.annotator.disk_gib if that asks for it."
    return Finding("References", needs, f"{found} GiB", Verdict.FAILS, do)


CHECKS = (
    Check(
        "References",
        "those that are offered from S3",
        ("s3:ListBucket",),
        references,
    ),
)
