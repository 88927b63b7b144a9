"""A stage file, read into typed and frozen settings: all that differs between deployments."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

STAGES = Path(__file__).resolve().parent.parent / "stages"
EMULATED_STAGE = "local"
EMBEDDED_BUNDLE = "rcrs"


class SettingsError(Exception):
    """A stage file that can't be used; the text names file, key and what was expected."""


class Settings(BaseModel):
    """What all parts of a stage have in common: nothing unknown, nothing changed, nothing cast."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Network(Settings):
    """The VPC."""

    zones: list[Annotated[str, Field(pattern=r"^[a-z]$")]] = Field(
        min_length=2,
        description="Availability zones by their letter, put behind the region; a load balancer "
        "needs two.",
    )
    nat_gateways: int = Field(
        ge=0,
        description="NAT gateways, spread over the zones; 0 leaves private subnets no way out.",
    )
    private_endpoints: bool = Field(
        description="Reach AWS services through interface endpoints, and put worker instances into "
        "subnets without any route to the internet."
    )

    @model_validator(mode="after")
    def _fits_the_zones(self) -> Self:
        if self.nat_gateways > len(self.zones):
            raise ValueError(
                f"nat_gateways ({self.nat_gateways}) must be at most the number of zones "
                f"({len(self.zones)})"
            )
        return self


class Site(Settings):
    """The public address of the web site."""

    domain: str = Field(
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
        description="Host name that leads to the load balancer, in lower case.",
    )
    certificate_arn: str = Field(
        pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/.+$",
        description="ACM certificate of the domain, in the region of the deployment.",
    )


class Plans(Settings):
    """What a plan gives its users."""

    free_max_upload_bytes: int = Field(
        gt=0, description="Largest file that a Free user may upload, in bytes."
    )


def _bundle_name(value: str) -> str:
    if value == EMBEDDED_BUNDLE or (value.startswith("s3://") and value.count("/") >= 3):
        return value
    raise ValueError("expected 'rcrs' or an s3://bucket/key of a bundle's zip file")


class Reference(Settings):
    """What annotators annotate against."""

    bundle: Annotated[str, AfterValidator(_bundle_name)] = Field(
        description="'rcrs', the embedded human mitochondrial genome, or the s3://bucket/key of a "
        "zip file that holds another bundle."
    )


class Mail(Settings):
    """Addresses."""

    sender: str = Field(
        pattern=r"^[^@\s\"'$`\\]+@[^@\s\"'$`\\]+$",
        description="Address that mail to users comes from; SES verifies it as an identity.",
    )
    ops_email: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Address that is subscribed to the alarms, if any.",
    )


class Software(Settings):
    """What the wheels that travel to instances are made for."""

    python: str = Field(
        pattern=r"^python3(\.\d+)?$", description="Interpreter on the instance, e.g. python3.12."
    )
    platform: str = Field(
        pattern=r"^(native|manylinux_2_\d+_(x86_64|aarch64))$",
        description="Newest platform tag that the instance can use, which tells its C library and "
        "architecture; 'native' is this machine and its Python.",
    )

    @model_validator(mode="after")
    def _names_a_version(self) -> Self:
        if self.platform != "native" and "." not in self.python:
            raise ValueError("python must name a minor version, unless the platform is 'native'")
        return self


class FleetSize(Settings):
    """An Auto Scaling group and its instances."""

    instance_type: str = Field(
        pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", description="EC2 instance type, e.g. t3.small."
    )
    min: int = Field(ge=0, description="Fewest instances; also how many a new group starts with.")
    max: int = Field(ge=1, description="Most instances.")
    disk_gib: int = Field(ge=8, description="Size of an instance's encrypted disk in GiB.")

    @model_validator(mode="after")
    def _min_within_max(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) must be at most max ({self.max})")
        return self


class Stage(Settings):
    """One deployment of the platform."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9]{0,15}$", description="Name of the stage: its file's name."
    )
    emulator: bool = Field(
        default=False,
        description="Deployed to the emulator on a laptop: resource types that it doesn't know are "
        "left out, and the account itself may take the roles of instances. Stage local alone.",
    )
    removal_policy: Literal["destroy", "retain"] = Field(
        description="What becomes of buckets and tables when their stack is deleted."
    )
    network: Network
    site: Site | None = Field(
        default=None,
        description="Domain and certificate; without them the site is the load balancer's own "
        "name over HTTP.",
    )
    plans: Plans
    reference: Reference
    mail: Mail
    software: Software
    web: FleetSize
    annotator: FleetSize
    utilities: FleetSize
    restore: FleetSize

    @property
    def tls_only(self) -> bool:
        """Whether buckets, queues and topics refuse plain HTTP, all that the emulator speaks."""
        return not self.emulator

    @model_validator(mode="after")
    def _suits_its_name(self) -> Self:
        if self.emulator != (self.name == EMULATED_STAGE):
            raise ValueError(f"emulator must be true in stage {EMULATED_STAGE} and nowhere else")
        if self.name == "prod" and self.site is None:
            raise ValueError("site must name a domain and a certificate: prod refuses plain HTTP")
        return self


def load(name: str, folder: Path = STAGES) -> Stage:
    """The settings of stage `name`.

    Raises SettingsError that names the file, every wrong key and what was expected there.
    """
    path = folder / f"{name}.toml"
    shown = f"{folder.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.toml")))
        raise SettingsError(f"{shown}: no such stage; there are: {known}") from None
    try:
        return Stage.model_validate({**tomllib.loads(text), "name": name})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{shown}: not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(shown, error))) from None


def _explain(shown: str, error: ValidationError) -> list[str]:
    lines = []
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"]) or "the stage"
        expected = {
            "extra_forbidden": "unknown key",
            "missing": "missing key",
        }.get(detail["type"], f"{detail['msg']}, not {detail['input']!r}")
        if detail["type"] == "value_error":
            expected = detail["msg"].removeprefix("Value error, ")
        lines.append(f"{shown}: {key}: {expected}")
    return lines
