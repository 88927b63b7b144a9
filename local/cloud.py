"""The laptop cloud as a whole: starts and stops emulator, stacks, instances and load balancer."""

import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local.aws.cdk import STAGE, Cdk
from local.aws.credentials import CredentialsServer
from local.aws.ec2.auto_scaling_groups import AutoScalingGroup, find_groups, site_target_group
from local.aws.ec2.ec2_instances import Ec2Instances
from local.aws.ec2.instance import STOP_SECONDS
from local.aws.emulator import Emulator
from local.aws.load_balancer import LoadBalancer
from local.aws.outputs import Outputs
from local.aws.target_health import HealthRule, TargetState
from local.aws.xray import XRay
from local.demo_user import seed_demo_user
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.host.folder import Folder
from local.host.http_server import LoopThread
from local.host.processes import running_processes
from local.progress import Steps
from local.references import LocalReference, publish_references
from local.stripe.local_stripe import LocalStripe, running_stripe
from runtime.contract.processes import ProcessConfig, WebConfig

LABEL_PREFIX = f"gas-{STAGE}-"
"""The prefix of the stacks' names."""

INSTALL_LOG = "install.log"
"""Written by the launcher before this run; `Cloud` leaves it alone."""

IN_SERVICE_SECONDS = 180.0
"""For the web instances to boot, on a slow machine with an empty uv cache."""

BOOTING_STOP_SECONDS = 2.0
"""Between SIGTERM and SIGKILL for instances that haven't served anybody yet."""

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Ports:
    """Ports of 127.0.0.1 to listen on."""

    site: int
    emulator: int


class Cloud:
    """Starts the laptop cloud. Leaving the context stops everything that was started in it.

    Args:
        folder: where it keeps its files.
        ports: where it listens.
        steps: shows the progress.
        references: what it offers beside the references of its stage.
        like: a stage whose fleets, network, firewall and monitoring it has instead of its own.
        traces: whether its processes make spans, and it keeps them.
    """

    def __init__(
        self,
        *,
        folder: Folder,
        ports: Ports,
        steps: Steps,
        references: tuple[LocalReference, ...] = (),
        like: str | None = None,
        traces: bool = False,
    ) -> None:
        self.folder = folder
        self.site_url = f"http://127.0.0.1:{ports.site}"
        self.emulator = Emulator(folder, ports.emulator)
        self.account = self.emulator.account
        self._ports = ports
        self._steps = steps
        self._references = references
        self._like = like
        self._traces = traces
        self._cleanup = ExitStack()
        self._in_service = False

    def __enter__(self) -> Self:
        """Start nothing yet, so that no interrupt can come between a start and its clean-up."""
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def references_seconds(self) -> float:
        """How much longer the instances may take to boot because of the references."""
        return sum(each.boot_seconds for each in self._references)

    def start(self) -> DeployedPlatform:
        """Start everything, and return when the site answers.

        Raises:
            LocalError: a part didn't start; the message names the part and its log.
        """
        self._clear()
        platform = self._serve(self._deploy())
        self._wait_in_service(platform)
        return platform

    def stop(self) -> None:
        """Stop everything that runs, the last started first; the emulator saves its state."""
        self._cleanup.close()
        # An interrupt may have come before these were registered for the clean-up.
        for process in running_processes(self.folder.root):
            process.stop()

    def _clear(self) -> None:
        """Delete what an earlier run left in the folder; log to a file from now on."""
        shutil.rmtree(self.folder.instances, ignore_errors=True)
        self.folder.instances_file.unlink(missing_ok=True)
        for path in self.folder.logs.glob("*.log"):
            if path.name != INSTALL_LOG:
                path.unlink()
        self.folder.make()
        self._cleanup.enter_context(_logging_to(self.folder.logs / "aws.log"))

    def _deploy(self) -> Outputs:
        cdk = Cdk(self.folder, self.account)
        with ThreadPoolExecutor(max_workers=1) as pool:
            try:
                synthesis = pool.submit(self._synthesize, cdk)
                self._start_emulator(cdk)
                synthesis.result()  # its exception is raised here
            except BaseException:
                # Ctrl-C too: otherwise the pool would wait for the synthesis to end.
                cdk.stop()
                raise
        cdk.refuse_other_stacks()
        return self._deploy_stacks(cdk)

    def _synthesize(self, cdk: Cdk) -> None:
        with self._steps.step("Synthesize the stacks"):
            uris = [each.uri for each in self._references]
            cdk.synthesize(self.site_url, uris, self._like)

    def _start_emulator(self, cdk: Cdk) -> None:
        with self._steps.step("Start the emulator") as step:
            self._cleanup.callback(self.emulator.stop)
            resumed = self.emulator.start()
            step.detail = "with the state of the last run" if resumed else "with no state"
        with self._steps.step("Bootstrap the account"):
            cdk.bootstrap()
        if self._references:
            with self._steps.step("Publish the references") as step:

                def show(text: str) -> None:
                    step.detail = text

                publish_references(self.account, self._references, show)
                step.detail = " ".join(f"{each.name} {each.version}" for each in self._references)

    def _deploy_stacks(self, cdk: Cdk) -> Outputs:
        with self._steps.step("Deploy the stacks") as step:
            names: list[str] = []

            def show(stack: str) -> None:
                names.append(stack.removeprefix(LABEL_PREFIX))
                step.detail = " ".join(names)

            return cdk.deploy(show)

    def _serve(self, outputs: Outputs) -> DeployedPlatform:
        """Start what the emulator doesn't provide."""
        groups = find_groups(self.account, LABEL_PREFIX)
        target_group_arn = site_target_group(groups)
        servers = self._cleanup.enter_context(LoopThread())
        stripe = self._start_stripe(outputs)
        xray = self._cleanup.enter_context(XRay(servers)) if self._traces else None
        told = WebConfig.variables(stripe_url=stripe.url)
        if xray:
            told |= ProcessConfig.variables(traces_url=xray.spans_url)
        instances = self._new_instances(groups, servers, told)
        load_balancer = LoadBalancer(
            rule=HealthRule.of_target_group(self.account, target_group_arn),
            targets=lambda: instances.targets(target_group_arn),
            port=self._ports.site,
            servers=servers,
        )
        instances.unhealthy = load_balancer.unhealthy
        self._cleanup.callback(self._terminate, instances)
        instances.start()
        self._cleanup.callback(load_balancer.stop)
        load_balancer.start()
        with self._steps.step("Ensure that the demo user exists"):
            demo = seed_demo_user(self.folder, self.account, outputs)
        return DeployedPlatform(
            folder=self.folder,
            site_url=self.site_url,
            account=self.account,
            outputs=outputs,
            instances=instances,
            load_balancer=load_balancer,
            target_group_arn=target_group_arn,
            stripe=stripe,
            demo=demo,
            xray=xray,
        )

    def _start_stripe(self, outputs: Outputs) -> LocalStripe:
        with self._steps.step("Start the Stripe stand-in"):
            stripe = self._cleanup.enter_context(running_stripe(self.folder))
            stripe.set_up(self.account, secret_arn=outputs.stripe_secret, site_url=self.site_url)
        return stripe

    def _new_instances(
        self, groups: list[AutoScalingGroup], servers: LoopThread, told: Mapping[str, str]
    ) -> Ec2Instances:
        credentials = CredentialsServer(self.account.client("sts"), servers)
        credentials.start()
        self._cleanup.callback(credentials.stop)
        return Ec2Instances(
            folder=self.folder,
            account=self.account,
            credentials=credentials,
            groups=groups,
            variables=told,
        )

    def _terminate(self, instances: Ec2Instances) -> None:
        # Before the site has answered, nobody has given the instances any work to finish.
        grace = STOP_SECONDS if self._in_service else BOOTING_STOP_SECONDS
        with self._steps.step("Terminate the instances"):
            instances.stop(grace)

    def _wait_in_service(self, platform: DeployedPlatform) -> None:
        with self._steps.step("Boot the instances") as step:
            seconds = IN_SERVICE_SECONDS + self.references_seconds
            deadline = time.monotonic() + seconds
            while not platform.load_balancer.health.in_state(TargetState.HEALTHY):
                platform.instances.require_bootable()
                if time.monotonic() > deadline:
                    raise LocalError(
                        f"No web instance answered for {seconds:.0f} s. "
                        f"Their logs: {self.folder.logs}"
                    )
                time.sleep(POLL_SECONDS)
            step.detail = platform.instances.summary()
        self._in_service = True


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    """Append what the modules of `local` log to `file`."""
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("local")
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        handler.close()
