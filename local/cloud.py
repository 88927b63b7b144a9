"""The laptop cloud as a whole: emulator, stacks, fleets and load balancer, started and stopped."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from local.aws.account import Account
from local.aws.autoscaling.autoscaler import Autoscaler
from local.aws.cdk import STAGE, Cdk
from local.aws.credentials import CredentialsServer
from local.aws.ec2.auto_scaling_groups import find_groups, site_target_group
from local.aws.ec2.ec2_instances import Fleets
from local.aws.ec2.instance import STOP_SECONDS
from local.aws.emulator import Emulator
from local.aws.load_balancer import LoadBalancer
from local.aws.outputs import Outputs
from local.aws.target_health import HealthRule, TargetState
from local.demo_user import DemoUser, seed_demo_user
from local.errors import LocalError
from local.host.folder import Folder
from local.host.http_server import LoopThread
from local.host.log_file import logging_to
from local.host.processes import running_processes
from local.parts import Parts
from local.progress import Steps
from local.stripe.local_stripe import Payments, running_payments
from runtime.contract.processes import WebConfig

LABEL_PREFIX = f"gas-{STAGE}-"
"""What the stacks' names begin with."""

INSTALL_LOG = "install.log"
"""The launcher's, of which this run knows nothing."""

IN_SERVICE_SECONDS = 180.0
"""For the web instances to boot, on a slow machine and with nothing in uv's cache."""

BOOTING_STOP_SECONDS = 2.0
"""Between SIGTERM and SIGKILL for instances that have served nobody."""

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Ports:
    """Where things listen, on 127.0.0.1."""

    site: int
    emulator: int


class Cloud:
    """The laptop cloud. Leaving the context stops everything that was started in it.

    Args:
        folder: where it keeps its things.
        ports: where it listens.
        steps: shows how far it has come.
        time_scale: how fast the time of alarms and warm-ups runs; None lets the groups' sizes be.
    """

    def __init__(
        self, *, folder: Folder, ports: Ports, steps: Steps, time_scale: int | None = None
    ) -> None:
        self.folder = folder
        self.site_url = f"http://127.0.0.1:{ports.site}"
        self._ports = ports
        self._steps = steps
        self._emulator = Emulator(folder, ports.emulator)
        self._cleanup = ExitStack()
        self._parts: Parts | None = None
        self._in_service = False
        self._time_scale = time_scale
        self.autoscaler: Autoscaler | None = None
        """Scales the groups, once the site answers."""
        self.resumed = False

    @property
    def account(self) -> Account:
        """The emulated AWS account, as its root user."""
        return self._emulator.account

    @property
    def outputs(self) -> Outputs:
        """What the stacks made."""
        return self._require().outputs

    @property
    def demo(self) -> DemoUser:
        """Who may sign in."""
        return self._require().demo

    @property
    def payments(self) -> Payments:
        """Stripe."""
        return self._require().payments

    @property
    def fleets(self) -> Fleets:
        """The instances."""
        return self._require().fleets

    @property
    def load_balancer(self) -> LoadBalancer:
        """What answers at `site_url`."""
        return self._require().load_balancer

    @property
    def target_states(self) -> dict[str, str]:
        """What the load balancer thinks of each web instance, by its id."""
        return self._require().target_states

    def autoscaling(self, time_scale: int) -> Autoscaler:
        """Return what scales the groups, not started, with minutes `time_scale` times as short."""
        return self._require().autoscaler(time_scale)

    def require_bootable(self) -> None:
        """Raise LocalError when the instances of a group end again and again."""
        troubles = self.fleets.troubles()
        if troubles:
            raise LocalError("\n".join(["Instances don't boot.", *troubles]))

    def require_emulator(self) -> None:
        """Raise LocalError when the emulator has ended on its own."""
        self._emulator.require_running()

    def __enter__(self) -> Self:
        """Nothing starts yet, so that an interrupt can't come between a start and its clean-up."""
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything, and return when the site answers.

        Raises:
            LocalError: a part didn't come up; the message names it and its log.
        """
        self._clear()
        self._deploy()
        self._wait_in_service()
        if self._time_scale is not None:
            self.autoscaler = self._cleanup.enter_context(self.autoscaling(self._time_scale))

    def stop(self) -> None:
        """Stop everything that runs, the last started first; the emulator saves its state."""
        self._cleanup.close()
        # What an interrupt kept from being registered.
        for process in running_processes():
            process.stop()

    def _clear(self) -> None:
        """Delete what the run before left for nobody; log to a file from now on."""
        shutil.rmtree(self.folder.instances, ignore_errors=True)
        for path in self.folder.logs.glob("*.log"):
            if path.name != INSTALL_LOG:
                path.unlink()
        self.folder.make()
        self._cleanup.enter_context(logging_to(self.folder.logs / "fleets.log"))

    def _require(self) -> Parts:
        if self._parts is None:
            raise RuntimeError("the cloud has not been deployed")
        return self._parts

    def _deploy(self) -> None:
        cdk = Cdk(self.folder, self.account)
        with ThreadPoolExecutor(max_workers=1) as pool:
            try:
                synthesis = pool.submit(self._synthesize, cdk)
                self._start_emulator(cdk)
                synthesis.result()  # its exception is raised here
            except BaseException:
                # Ctrl-C too: the pool would wait for the synthesis to end by itself.
                cdk.stop()
                raise
        outputs = self._deploy_stacks(cdk)
        self._serve(outputs)

    def _synthesize(self, cdk: Cdk) -> None:
        with self._steps.step("Synthesize the stacks"):
            cdk.synthesize(self.site_url)

    def _start_emulator(self, cdk: Cdk) -> None:
        with self._steps.step("Start the emulator") as step:
            self._cleanup.callback(self._emulator.stop)
            self.resumed = self._emulator.start()
            step.detail = "with the state of the run before" if self.resumed else "with no state"
        with self._steps.step("Bootstrap the account"):
            cdk.bootstrap()

    def _deploy_stacks(self, cdk: Cdk) -> Outputs:
        with self._steps.step("Deploy the stacks") as step:
            names: list[str] = []

            def show(stack: str) -> None:
                names.append(stack.removeprefix(LABEL_PREFIX))
                step.detail = " ".join(names)

            return cdk.deploy(show)

    def _serve(self, outputs: Outputs) -> None:
        """Start what the emulator doesn't play."""
        groups = find_groups(self.account, LABEL_PREFIX)
        servers = self._cleanup.enter_context(LoopThread())
        credentials = CredentialsServer(self.account.client("sts"), servers)
        credentials.start()
        self._cleanup.callback(credentials.stop)
        payments = self._start_payments(outputs)
        fleets = Fleets(
            folder=self.folder,
            account=self.account,
            credentials=credentials,
            groups=groups,
            variables=WebConfig.variables(stripe_url=payments.url),
        )
        arn = site_target_group(groups)
        load_balancer = LoadBalancer(
            rule=HealthRule.of_target_group(self.account, arn),
            targets=lambda: fleets.targets(arn),
            port=self._ports.site,
            servers=servers,
        )
        fleets.unhealthy = load_balancer.unhealthy
        self._cleanup.callback(self._terminate, fleets)
        fleets.start()
        self._cleanup.callback(load_balancer.stop)
        load_balancer.start()
        with self._steps.step("Make sure of the demo user"):
            demo = seed_demo_user(self.folder, self.account, outputs)
        self._parts = Parts(
            folder=self.folder,
            account=self.account,
            outputs=outputs,
            fleets=fleets,
            load_balancer=load_balancer,
            target_group_arn=arn,
            demo=demo,
            payments=payments,
        )

    def _start_payments(self, outputs: Outputs) -> Payments:
        with self._steps.step("Start what stands for Stripe"):
            payments = self._cleanup.enter_context(running_payments(self.folder))
            payments.set_up(self.account, secret_arn=outputs.stripe_secret, site_url=self.site_url)
        return payments

    def _terminate(self, fleets: Fleets) -> None:
        # Before the site has answered nobody has given the instances anything to finish.
        grace = STOP_SECONDS if self._in_service else BOOTING_STOP_SECONDS
        with self._steps.step("Terminate the instances"):
            fleets.stop(grace)

    def _wait_in_service(self) -> None:
        with self._steps.step("Boot the instances") as step:
            deadline = time.monotonic() + IN_SERVICE_SECONDS
            while not self.load_balancer.health.in_state(TargetState.HEALTHY):
                self.require_bootable()
                if time.monotonic() > deadline:
                    raise LocalError(
                        f"No web instance answered for {IN_SERVICE_SECONDS:.0f} s. "
                        f"Their logs: {self.folder.logs}"
                    )
                time.sleep(POLL_SECONDS)
            step.detail = self.fleets.summary()
        self._in_service = True
