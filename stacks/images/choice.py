"""Which image a stage pins and which is the newest, as AWS says, and the change of the file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from stacks.images import NEWEST
from stacks.settings import Stage, architecture

ClientOf = Callable[..., Any]
"""Makes an AWS client of a service, in the region of the deployment."""


PROCESSORS = {"x86_64": "x86_64", "arm64": "aarch64"}
"""How settings name the processor that EC2 names so."""


@dataclass(frozen=True)
class Image:
    """An image that the account may use.

    Attributes:
        created: when, as ISO 8601 in UTC.
        processor: as `processor` names it.
        deprecated: from when on AWS advises against it, in the same form; None if it doesn't.
    """

    id: str
    name: str
    created: str
    processor: str
    deprecated: str | None


@dataclass(frozen=True)
class Choice:
    """The image that a stage pins (None if it pins none, or if it isn't in the region), and the
    newest."""

    pinned: Image | None
    newest: Image


def processor(stage: Stage) -> str:
    """The processor of the stage's instances; the settings allow one a stage."""
    return architecture(stage.fleets[stage.fleet_of("web")].instance_type)


def look_up(stage: Stage, client: ClientOf) -> Choice:
    """Ask AWS for both images.

    Raises:
        botocore.exceptions.ClientError: the caller may not ask.
        botocore.exceptions.BotoCoreError: nobody could be asked.
    """
    parameter = client("ssm").get_parameter(Name=NEWEST[processor(stage)])["Parameter"]
    newest = str(parameter["Value"])
    wanted = [newest, *filter(None, [stage.software.image])]
    found = {image.id: image for image in describe(client, wanted)}
    return Choice(pinned=found.get(stage.software.image or ""), newest=found[newest])


def describe(client: ClientOf, image_ids: list[str]) -> list[Image]:
    """Return those of the images that exist in the region."""
    answer = client("ec2").describe_images(
        Filters=[{"Name": "image-id", "Values": image_ids}], IncludeDeprecated=True
    )
    return [
        Image(
            id=found["ImageId"],
            name=found["Name"],
            created=found["CreationDate"],
            processor=PROCESSORS.get(found["Architecture"], found["Architecture"]),
            deprecated=found.get("DeprecationTime"),
        )
        for found in answer["Images"]
    ]


def pin(file: Path, image: Image, *, region: str) -> None:
    """Write an image into a stage's file, with a comment that says what it is.

    All else in the file stays as it is, comments and order too.

    Raises:
        OSError: the file can't be read or written.
    """
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    value = tomlkit.item(image.id)
    value.comment(f"{image.name}, in {region}")
    software = document["software"]
    if not isinstance(software, tomlkit.items.Table):
        raise TypeError(f"{file}: software isn't a table")
    software["image"] = value
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
