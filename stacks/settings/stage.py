"""One deployment of the platform: all that differs between deployments."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stacks.settings.base import Settings
from stacks.settings.data_settings import Audit, Data
from stacks.settings.events import Events
from stacks.settings.instances import (
    BOOT_SECONDS_MAX,
    PROCESSES,
    SECONDS_PER_GIB,
    Fleet,
    ProcessName,
    Software,
    architecture,
)
from stacks.settings.network_settings import ENDPOINTS, EndpointName, Firewall, Network, Site
from stacks.settings.scaling_settings import ScalingRules
from stacks.settings.service import (
    Accounts,
    Annotation,
    Api,
    Budget,
    Mail,
    Observability,
    Plans,
    Reference,
    SignIn,
    Stripe,
)

EMULATED_STAGE = "local"

JOBS_GIB = 24
"""What else an annotator's disk holds: some 4 GiB of system and software, and a job's input (up to
5 GB), its batches and its results."""

FleetKey = Annotated[str, Field(pattern=r"^[a-z]{1,16}$")]

OTHER_STACKS = {"logs", "network", "storage", "messaging", "monitoring", "observability"}
"""Names of stacks, which no fleet may have: each fleet is a stack."""


class Stage(Settings):
    """One deployment of the platform."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9]{0,15}$", description="Name of the stage: its file's name."
    )
    emulator: bool = Field(
        default=False,
        description="Deploy to the emulator on a laptop. Resource types that it doesn't know are "
        "left out, and the account itself may assume the roles of instances. Only for stage local.",
    )
    removal_policy: Literal["destroy", "retain"] = Field(
        description="Whether buckets and tables are deleted, with their content, when their stack "
        "is deleted."
    )
    deletion_protection: bool = Field(
        description="Protects tables, the load balancer and all stacks from deletion. The first "
        "deployment is without it: `-c first=true`."
    )
    monitoring: Literal["detailed", "basic"] = Field(
        default="detailed",
        description="`detailed`: metrics of instances every minute, which scaling rules need, and "
        "a dashboard of everything. `basic`: every five minutes, without costs, and a dashboard of "
        "site, queues and jobs.",
    )
    docs_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s\"'$`\\]+)?$",
        description="Where you publish what `./gas docs` builds, if you do. The site's help leads "
        "there.",
    )
    network: Network
    firewall: Firewall = Field(
        default=Firewall(), description="The web ACL in front of the load balancer."
    )
    site: Site | None = Field(
        default=None,
        description="Domain and certificate. Without them the site uses the load balancer's own "
        "name over HTTP.",
    )
    api: Api = Field(default=Api(), description="Who may use the API from a browser.")
    plans: Plans
    stripe: Stripe
    accounts: Accounts = Field(default=Accounts(), description="Limits that protect accounts.")
    sign_in: SignIn = Field(default=SignIn(), description="Sign-in with an institution.")
    data: Data
    audit: Audit = Field(default=Audit(), description="The log of who did what.")
    annotation: Annotation = Field(default=Annotation(), description="What results hold.")
    reference: Reference
    mail: Mail
    software: Software
    fleets: dict[FleetKey, Fleet] = Field(
        description="The Auto Scaling groups, by names of your choice."
    )
    observability: Observability = Field(default=Observability(), description="Traces.")
    events: Events = Field(default=Events(), description="Events for other systems.")
    budget: Budget | None = Field(
        default=None, description="Budget of the stage. Without it there are no messages."
    )
    scaling: ScalingRules = Field(
        default=ScalingRules(), description="The scaling rules of the groups."
    )

    def first(self) -> "Stage":
        """Return the stage as it is first deployed: CloudFormation can roll all of it back.

        It can't delete what is protected, and a stack whose creation couldn't be rolled back blocks
        the next attempt.
        """
        return self.model_copy(update={"deletion_protection": False})

    def fleet(self, name: str) -> Fleet:
        """Return a fleet as it is deployed: annotators' time-outs follow the references' size."""
        fleet = self.fleets[name]
        if "annotator" not in fleet.processes:
            return fleet
        return fleet.holding(self.reference.total_gib or 0)

    def fleet_of(self, process: ProcessName) -> str:
        """Return the name of the fleet that runs a process."""
        return next(name for name, fleet in self.fleets.items() if process in fleet.processes)

    def offering(self, references: list[str]) -> "Stage":
        """Return the stage with these references beside its own, as the laptop offers more."""
        more = {"offered": [*self.reference.offered, *references], "total_gib": 1}
        return self.model_copy(update={"reference": Reference.model_validate(more)})

    def like(self, other: "Stage") -> "Stage":
        """Return the stage with the other one's fleets, network, firewall and monitoring.

        Its own networks are admitted. Instances run its own wheels, so they are of a type of its
        own: the emulator has no image for Graviton.
        """
        admitted = {"allowed_cidrs": self.network.allowed_cidrs}
        kind = {"instance_type": self.fleets[self.fleet_of("web")].instance_type}
        return self.model_copy(
            update={
                "fleets": {
                    name: fleet.model_copy(update=kind) for name, fleet in other.fleets.items()
                },
                "network": other.network.model_copy(update=admitted),
                "firewall": other.firewall,
                "monitoring": other.monitoring,
            }
        )

    @property
    def endpoints(self) -> tuple[EndpointName, ...]:
        """The services that have an interface endpoint, where the stage has private endpoints."""
        return (*ENDPOINTS, "xray") if self.observability.traces else ENDPOINTS

    @property
    def tls_only(self) -> bool:
        """Whether buckets, queues and topics refuse plain HTTP; the emulator only knows HTTP."""
        return not self.emulator

    @property
    def empties_buckets(self) -> bool:
        """Whether a Lambda function of the CDK empties buckets that are deleted with their stack.

        S3 only deletes empty buckets; the emulator deletes any.
        """
        return self.removal_policy == "destroy" and not self.emulator

    @property
    def awaits_boot(self) -> bool:
        """Whether a deployment waits for its instances to boot.

        On the laptop they boot after it: local/ waits for them, and reports why one fails.
        """
        return not self.emulator

    @property
    def protects_busy_instances(self) -> bool:
        """Whether an instance is protected from scale-in while it works on a long job.

        The emulator has no SetInstanceProtection.
        """
        return not self.emulator

    @model_validator(mode="after")
    def _runs_each_process_once(self) -> Self:
        if taken := self.fleets.keys() & OTHER_STACKS:
            raise ValueError(f"fleets.{min(taken)}: another stack has this name; choose another")
        running = [process for fleet in self.fleets.values() for process in fleet.processes]
        for process in PROCESSES:
            if running.count(process) != 1:
                raise ValueError(
                    f"fleets: the process {process} must run in exactly one fleet, and is in "
                    f"{running.count(process)}"
                )
        return self

    @model_validator(mode="after")
    def _suits_its_name(self) -> Self:
        if self.emulator != (self.name == EMULATED_STAGE):
            raise ValueError(f"emulator must be true in stage {EMULATED_STAGE} and nowhere else")
        if self.events.any_address and not self.emulator:
            raise ValueError(
                "events.any_address must be false: users' webhooks would reach machines that only "
                "the platform can reach"
            )
        if self.name == "prod" and self.site is None:
            raise ValueError("site must name a domain and a certificate: prod refuses plain HTTP")
        if self.emulator and self.observability.traces:
            raise ValueError("observability.traces must be false here: use `./gas up --traces`")
        return self

    @model_validator(mode="after")
    def _admits_whom_it_may(self) -> Self:
        wide = [each for each in self.network.allowed_cidrs if each.endswith("/0")]
        if wide and self.site is None and not self.emulator:
            raise ValueError(
                "network.allowed_cidrs must list the networks that reach the site, because a stage "
                "without a certificate has no encryption"
            )
        return self

    @model_validator(mode="after")
    def _tells_somebody(self) -> Self:
        if self.budget and self.mail.ops_email is None and not self.emulator:
            raise ValueError("mail.ops_email must be given: a budget has nobody to tell otherwise")
        return self

    @model_validator(mode="after")
    def _can_be_deleted(self) -> Self:
        if self.audit.locked and self.removal_policy == "destroy":
            raise ValueError(
                "audit.locked must be false where removal_policy is destroy: a bucket with locked "
                "records can't be emptied"
            )
        return self

    @model_validator(mode="after")
    def _reaches_aws(self) -> Self:
        network = self.network
        ways = (network.nat_gateways, network.private_endpoints, network.public_instances)
        if not (any(ways) or self.emulator):
            raise ValueError(
                "network.nat_gateways must be at least 1, or network.private_endpoints or "
                "network.public_instances true: no instance could boot, because it would reach "
                "neither SQS nor CloudFormation"
            )
        return self

    @model_validator(mode="after")
    def _interrupts_annotators_alone(self) -> Self:
        for key, fleet in self.fleets.items():
            if fleet.spot and fleet.processes != ["annotator"]:
                raise ValueError(
                    f"fleets.{key}.spot must be false: only annotators may be interrupted"
                )
        return self

    @model_validator(mode="after")
    def _holds_its_references(self) -> Self:
        gib, name = self.reference.total_gib or 0, self.fleet_of("annotator")
        annotators = self.fleet(name)
        if gib and annotators.disk_gib < gib + JOBS_GIB:
            raise ValueError(
                f"fleets.{name}.disk_gib must be at least {gib + JOBS_GIB}: {gib} for the "
                f"references (reference.total_gib) and {JOBS_GIB} for the system and a job's files"
            )
        if annotators.boot_seconds > BOOT_SECONDS_MAX:
            raise ValueError(
                f"fleets.{name}.boot_seconds and {SECONDS_PER_GIB} for each GiB of the references "
                f"(reference.total_gib) must be at most {BOOT_SECONDS_MAX}, the longest time that "
                "CloudFormation waits for an instance"
            )
        return self

    @model_validator(mode="after")
    def _runs_its_wheels(self) -> Self:
        wanted = self.software.architecture
        for key, fleet in self.fleets.items():
            found = architecture(fleet.instance_type)
            if wanted not in (None, found):
                raise ValueError(
                    f"fleets.{key}.instance_type: {fleet.instance_type} is {found}, and the wheels "
                    f"of software.platform are for {wanted}"
                )
        return self
