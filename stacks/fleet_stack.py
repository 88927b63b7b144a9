"""A fleet: its instances, the software on them, and the role that they have."""

from collections.abc import Mapping

from constructs import Construct

from runtime.contract.boot import BootEnvironment
from runtime.contract.processes import AGENT_TRACES_URL, CONFIGS, ProcessConfig
from scaling.policies import preset
from scaling.rules import FleetName
from stacks.environment_file import environment
from stacks.findings import acknowledge
from stacks.fleet import InstanceFleet
from stacks.fleet_scaling import Scaling
from stacks.foundations import Foundations
from stacks.grants import allow
from stacks.instance_role import instance_role
from stacks.operator_role import OperatorRole
from stacks.process_grants import grant
from stacks.settings import Stage
from stacks.software import Software
from stacks.stage_stack import StageStack
from stacks.suppliers import suppliers
from stacks.user_data import boot_commands, new_script
from stacks.web_site import SiteListener, SiteSecrets

FOUND_BY_TOOLS = ("web", "annotator")
"""Processes whose group has an output `<Process>Group`, whatever its fleet is called."""


class FleetStack(StageStack):
    """The fleet `name` of a stage, which runs the processes that the stage gives it.

    Attributes:
        site: the place behind the load balancer, of the fleet that runs web.
    """

    def __init__(
        self, scope: Construct, *, stage: Stage, foundations: Foundations, name: str
    ) -> None:
        self._fleet = stage.fleet(name)
        names = ", ".join(self._fleet.processes)
        super().__init__(scope, stage=stage, name=name, description=f"GAS: instances for {names}")
        self._foundations = foundations
        self.processes = tuple(CONFIGS[process] for process in self._fleet.processes)
        reads = any("references_dir" in process.model_fields for process in self.processes)
        self._software = Software(self, "Software", stage=stage, with_references=reads)
        self.role = instance_role(
            self,
            assumable_by_account=stage.emulator,
            traced=stage.observability.traces,
        )
        secrets = SiteSecrets(self) if self._runs_web else None
        own: dict[str, str] = {}
        if secrets:
            operator = OperatorRole(self, web=self.role, messaging=foundations.messaging)
            own = secrets.settings | operator.settings
        self.fleet = self._add_fleet(name.capitalize(), own)
        for process in self._fleet.processes:
            grant(process, self.role, foundations, stage)
        self.site: SiteListener | None = None
        if secrets:
            secrets.grant_read(self.role)
            self.site = self._add_site()
        self._scale()
        self._output_groups(name)

    @property
    def _runs_web(self) -> bool:
        return "web" in self._fleet.processes

    def _add_fleet(self, name: str, own: Mapping[str, str]) -> InstanceFleet:
        """Add the instances; `own` are the settings that come from this stack itself."""
        network = self._foundations.network
        script = new_script()
        fleet = InstanceFleet(
            self,
            name,
            vpc=network.vpc,
            subnets=network.subnets_of(self._fleet.processes),
            endpoints=network.endpoints,
            ops_topic=self._foundations.monitoring.ops_topic,
            size=self._fleet,
            role=self.role,
            user_data=script,
            behind_load_balancer=self._runs_web,
            drains=self._fleet.drains,
            protects_busy="annotator" in self._fleet.processes
            and self.stage.protects_busy_instances,
        )
        commands = boot_commands(
            self._fleet.processes,
            environment=self._environment(fleet, own),
            runtime_s3_uri=self._software.code_uri,
        )
        script.add_commands(*commands)
        self._grant_software()
        return fleet

    def _add_site(self) -> SiteListener:
        network = self._foundations.network
        self.output(SiteUrl=network.site_url)
        return SiteListener(
            self,
            load_balancer=network.load_balancer,
            vpc=network.vpc,
            group=self.fleet.group,
        )

    def _scale(self) -> None:
        """Scale a fleet of one process by that process's load. Others keep their size."""
        if self._fleet.processes == ["annotator"]:
            queue = self._foundations.messaging.job_requests.queue.queue_name
            rules = preset(FleetName.ANNOTATOR, self.stage.scaling.annotator)
            Scaling(
                self,
                "Scaling",
                group=self.fleet.group,
                preset=rules,
                dimensions={"QueueName": queue},
            )
        elif self.site and self._fleet.processes == ["web"]:
            scaling = Scaling(
                self,
                "Scaling",
                group=self.fleet.group,
                preset=preset(FleetName.WEB, self.stage.scaling.web),
                dimensions=self.site.dimensions,
            )
            # Auto Scaling refuses to count requests of a target group without a listener.
            scaling.node.add_dependency(self.site.listener)

    def _output_groups(self, name: str) -> None:
        found = {name, *(each for each in FOUND_BY_TOOLS if each in self._fleet.processes)}
        for each in sorted(found):
            self.output(**{f"{each.capitalize()}Group": self.fleet.group_name})

    def _grant_software(self) -> None:
        allow(self.role, "s3:GetObject", on=self._software.object_arns)
        for pattern in self._software.patterns:
            acknowledge(
                self.role,
                f"AwsSolutions-IAM5[Resource::{pattern}]",
                reason="A published reference is a folder whose files only its manifest lists.",
            )

    def _environment(self, fleet: InstanceFleet, own: Mapping[str, str]) -> dict[str, str]:
        boot = BootEnvironment(
            python=self.stage.software.python,
            wheels_s3_uri=self._software.wheels_uri,
            references_s3_uris=self._software.reference_uris,
            log_group=fleet.log_group,
            signal_stack=self.stack_id,
            signal_resource=fleet.logical_id,
            lifecycle_hook=fleet.lifecycle_hook,
        )
        values = suppliers(self, self._foundations)
        return environment(self.processes, values, own=own) | boot.to_variables() | self._traces()

    def _traces(self) -> dict[str, str]:
        """Where processes send spans, and how many; nothing in a stage without traces."""
        observability = self.stage.observability
        if not observability.traces:
            return {}
        return ProcessConfig.variables(
            traces_url=AGENT_TRACES_URL, traces_ratio=observability.traces_ratio
        )
