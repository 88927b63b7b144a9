"""Stage files: what they may hold, and what is said where they don't."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from stacks import settings
from stacks.settings import STAGES, SettingsError, Stage, load

MODELS = [
    value
    for value in vars(settings).values()
    if isinstance(value, type) and issubclass(value, BaseModel)
]

DEV = (STAGES / "dev.toml").read_text()

# Of each: the stage's name, what to replace in dev.toml, by what, and what the message says.
WRONG = {
    "an unknown key": (
        "try",
        "[fleets.web]",
        "[fleets.web]\ncolour = 1",
        "try.toml: fleets.web.colour: unknown key",
    ),
    "a name": ("try", "[mail]", 'name = "try"\n[mail]', "try.toml: .*name: unknown key"),
    "a name at the top": (
        "try",
        "removal_policy",
        'name = "try"\nremoval_policy',
        "try.toml: name: unknown key; the file's name is it",
    ),
    "an unknown table": ("try", "[mail]", "[wbe]\nmin = 1\n[mail]", "try.toml: wbe: unknown key"),
    "a missing key": (
        "try",
        'sender = "gas@example.org"',
        "",
        "try.toml: mail.sender: missing key",
    ),
    "text for a number": (
        "try",
        "disk_gib = 32",
        'disk_gib = "32"',
        "fleets.annotator.disk_gib: .*integer",
    ),
    "a fraction": (
        "try",
        "nat_gateways = 1",
        "nat_gateways = 1.5",
        "network.nat_gateways: .*integer",
    ),
    "min over max": (
        "try",
        "min = 2\nmax = 10\ndisk_gib = 32",
        "min = 11\nmax = 10\ndisk_gib = 32",
        r"try.toml: fleets.annotator: min \(11\) must be at most max \(10\)",
    ),
    "desired outside min and max": (
        "try",
        "disk_gib = 32",
        "disk_gib = 32\ndesired = 11",
        r"fleets.annotator: desired \(11\) must lie between min \(2\) and max \(10\)",
    ),
    "a type without the architecture of the wheels": (
        "try",
        '"t3.medium"',
        '"c7gn.large"',
        "the stage: fleets.annotator.instance_type: c7gn.large is aarch64, and .* are for x86_64",
    ),
    "web instances from the Spot market": (
        "try",
        "[fleets.annotator]",
        "spot = true\n[fleets.annotator]",
        "the stage: fleets.web.spot must be false: only annotators may be interrupted",
    ),
    "a process in two fleets": (
        "try",
        '["restore", "thaw"]',
        '["restore", "thaw", "web"]',
        "fleets: the process web must run in exactly one fleet, and is in 2",
    ),
    "a process in no fleet": (
        "try",
        '["removal", "cleanup"]',
        '["removal"]',
        "fleets: the process cleanup must run in exactly one fleet, and is in 0",
    ),
    "an unknown process": ("try", '"janitor"', '"cleaner"', "fleets.utilities.processes.2: "),
    "a fleet with the name of another stack": (
        "try",
        "[fleets.utilities]",
        "[fleets.storage]",
        "fleets.storage: another stack has this name",
    ),
    "one zone": ("try", '["a", "b"]', '["a"]', "network.zones: .*at least 2"),
    "a zone by its full name": ("try", '"b"', '"us-east-1b"', r"network.zones.1: .*\[a-z\]"),
    "more gateways than zones": (
        "try",
        "nat_gateways = 1",
        "nat_gateways = 3",
        r"network: nat_gateways \(3\) must be at most the number of zones \(2\)",
    ),
    "no way to AWS": (
        "try",
        "nat_gateways = 1",
        "nat_gateways = 0",
        "the stage: network.nat_gateways must be at least 1, or network.private_endpoints or ",
    ),
    "public instances behind NAT gateways": (
        "try",
        "nat_gateways = 1",
        "nat_gateways = 1\npublic_instances = true",
        "network: public_instances must be false where there are NAT gateways",
    ),
    "a budget that tells nobody": (
        "try",
        'ops_email = "ops@example.org"',
        "",
        "the stage: mail.ops_email must be given: a budget has nobody to tell",
    ),
    "everywhere without a certificate": (
        "try",
        "203.0.113.0/24",
        "0.0.0.0/0",
        "the stage: network.allowed_cidrs must list the networks",
    ),
    "no network": ("try", '["203.0.113.0/24"]', "[]", "network.allowed_cidrs: .*at least 1"),
    "a network with bits of a host": (
        "try",
        "203.0.113.0/24",
        "203.0.113.7/24",
        "network.allowed_cidrs.0: .*has host bits set",
    ),
    "an endpoint in a zone that the stage lacks": (
        "try",
        "private_endpoints = false",
        'private_endpoints = true\nendpoint_zones = {email = ["a", "d"]}',
        "network: endpoint_zones.email must be zones of the stage, not d",
    ),
    "an endpoint that no instance uses": (
        "try",
        "private_endpoints = false",
        'private_endpoints = true\nendpoint_zones = {ecr = ["a"]}',
        "network.endpoint_zones.ecr",
    ),
    "a sender of another domain": (
        "try",
        "[mail]",
        '[mail]\ndomain = "genes.test"',
        r"mail: sender \(gas@example.org\) must be an address of domain \(genes.test\)",
    ),
    "a domain whose identity exists": (
        "try",
        "[mail]",
        '[mail]\nidentity = "existing"\ndomain = "example.org"',
        "mail: domain must be left out",
    ),
    "an unknown reference": (
        "try",
        '"rcrs"',
        '"hg19"',
        "reference.offered.0: expected 'rcrs' or the s3://",
    ),
    "a reference twice": (
        "try",
        '["rcrs"]',
        '["rcrs", "rcrs"]',
        "reference: offered names a reference twice",
    ),
    "a published reference of unknown size": (
        "try",
        '["rcrs"]',
        '["rcrs", "s3://genomes/grch38-116"]',
        "reference: total_gib must be given where a published reference is offered",
    ),
    "references that the disk doesn't hold": (
        "try",
        '["rcrs"]',
        '["s3://genomes/grch38-116"]\ntotal_gib = 12',
        "fleets.annotator.disk_gib must be at least 36: 12 for the references",
    ),
    "no reference": ("try", '["rcrs"]', "[]", "reference.offered: .*at least 1 item"),
    "a sender without a host": ("try", "gas@example.org", "gas", "mail.sender: .*pattern"),
    "a sender that a shell would run": ("try", "gas@", "$(id)@", "mail.sender: .*pattern"),
    "a secret key for a publishable one": (
        "try",
        "pk_test_EXAMPLE",
        "sk_test_51",
        "stripe.publishable_key: .*pattern",
    ),
    "an archive that is never fast": (
        "try",
        "free_retention_seconds = 1800",
        'free_retention_seconds = 1800\narchive_storage_class = "DEEP_ARCHIVE"',
        "plans: restore_tier must be Standard or Bulk",
    ),
    "no days of grace": ("try", "grace_days = 7", "grace_days = 0", "stripe.grace_days: .*1"),
    "an unknown policy": ("try", '"destroy"', '"keep"', "removal_policy: .*'destroy' or 'retain'"),
    "no version of Python": (
        "try",
        '"python3.12"',
        '"python3"',
        "software: python must name a minor version",
    ),
    "prod without a certificate": ("prod", "", "", "prod.toml: the stage: site must name a domain"),
    "the emulator elsewhere": (
        "try",
        "removal_policy",
        "emulator = true\nremoval_policy",
        "try.toml: the stage: emulator must be true in stage local and nowhere else",
    ),
    "local without the emulator": ("local", "", "", "local.toml: the stage: emulator must be true"),
    "no TOML": ("try", "[fleets.web]", "[fleets.web", "try.toml: not TOML: .*line"),
}


@pytest.mark.parametrize(("name", "old", "new", "message"), WRONG.values(), ids=WRONG)
def test_should_name_file_and_key_when_a_stage_is_wrong(
    tmp_path: Path, name: str, old: str, new: str, message: str
) -> None:
    assert old in DEV
    (tmp_path / f"{name}.toml").write_text(DEV.replace(old, new))
    with pytest.raises(SettingsError) as caught:
        load(name, tmp_path)
    assert re.search(message, str(caught.value)), str(caught.value)


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        ("t3.small", "x86_64"),
        ("t3a.small", "x86_64"),
        ("g5.xlarge", "x86_64"),
        ("c6i.large", "x86_64"),
        ("m7i-flex.large", "x86_64"),
        ("t4g.small", "aarch64"),
        ("g5g.xlarge", "aarch64"),
        ("m7gd.large", "aarch64"),
        ("im4gn.large", "aarch64"),
        ("a1.medium", "aarch64"),
    ],
)
def test_should_know_the_processor_when_a_type_is_named(instance_type: str, expected: str) -> None:
    assert settings.architecture(instance_type) == expected


def test_should_name_every_wrong_key_when_there_are_several(tmp_path: Path) -> None:
    wrong = DEV.replace("max = 10", "max = 0").replace("zones", "zone")
    (tmp_path / "try.toml").write_text(wrong)
    with pytest.raises(SettingsError) as caught:
        load("try", tmp_path)
    keys = [line.split(": ")[1] for line in str(caught.value).splitlines()]
    assert keys == ["network.zones", "network.zone", "fleets.web.max", "fleets.annotator.max"]


def test_should_name_the_stages_when_there_is_no_such_stage() -> None:
    with pytest.raises(
        SettingsError, match=r"stages/staging.toml: no such stage.*dev, local, prod, starter"
    ):
        load("staging")


def test_should_say_so_when_no_deployment_waits_as_long_as_the_references_take(
    tmp_path: Path,
) -> None:
    text = (STAGES / "dev.toml").read_text().replace("disk_gib = 32", "disk_gib = 200")
    (tmp_path / "try.toml").write_text(text.replace('["rcrs"]', '["rcrs"]\ntotal_gib = 101'))
    with pytest.raises(SettingsError, match=r"for each GiB of the references .* at most 3600"):
        load("try", tmp_path)


def test_should_refuse_a_change_when_loaded() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load("dev").name = "prod"  # type: ignore[misc]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_should_say_what_it_means_when_a_field_is_a_value(model: type[BaseModel]) -> None:
    undescribed = [
        name
        for name, field in model.model_fields.items()
        if field.description is None and not _is_a_table(name)
    ]
    assert undescribed == []


def _is_a_table(name: str) -> bool:
    annotation = Stage.model_fields[name].annotation if name in Stage.model_fields else None
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
