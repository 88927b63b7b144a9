"""Auto Scaling: the loop that keeps every group's instances as its capacity says."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.account import Account
from local.aws.credentials import CredentialsServer
from local.aws.ec2.auto_scaling_groups import Group, read_capacities, read_launch
from local.aws.ec2.group_instances import Fleet
from local.aws.ec2.instance import STOP_SECONDS, Instance, InstanceSettings, new_instance_id
from local.aws.target_health import Target
from local.errors import LocalError
from local.host.folder import Folder

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.5
"""How often capacities are read and instances looked at."""

DEATHS_THAT_TELL = 2
"""Instances of a group that ended young in a row: one may be an accident."""


class Fleets:
    """All groups' instances.

    Args:
        folder: where instances have their folders and logs.
        account: where the groups are.
        credentials: gives each instance its role's credentials.
        groups: the groups to keep.
        variables: what instances find in their environment beside their AWS access.
    """

    def __init__(
        self,
        *,
        folder: Folder,
        account: Account,
        credentials: CredentialsServer,
        groups: list[Group],
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.fleets = [Fleet(group, self) for group in groups]
        self.unhealthy: Callable[[], Collection[str]] = tuple
        """Tells the ids of the instances that the load balancer finds unhealthy."""
        self._folder = folder
        self._account = account
        self._credentials = credentials
        self._variables = dict(variables or {})
        self._stopped = threading.Event()
        # Deleting thousands of files can take seconds; the other instances don't wait for that.
        self._deletions = ThreadPoolExecutor(max_workers=2)
        self._thread = threading.Thread(target=self._keep, name="fleets", daemon=True)

    def start(self) -> None:
        """Launch the instances, and keep them from then on."""
        self._thread.start()

    def stop(self, grace_seconds: float = STOP_SECONDS) -> None:
        """Terminate every instance, all at the same time, and wait until they have ended.

        Args:
            grace_seconds: between SIGTERM and SIGKILL.
        """
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        with ThreadPoolExecutor() as pool:
            ended = [pool.submit(fleet.terminate_all, grace_seconds) for fleet in self.fleets]
        for each in ended:
            each.result()
        self._deletions.shutdown()

    def fleet(self, label: str) -> Fleet:
        """The fleet whose group has this label."""
        return next(fleet for fleet in self.fleets if fleet.group.label == label)

    def targets(self, target_group_arn: str) -> list[Target]:
        """The running instances of the groups that are attached to a target group."""
        return [
            Target(instance.id, instance.port)
            for fleet in self.fleets
            if target_group_arn in fleet.group.target_group_arns
            for instance in fleet.running
        ]

    def forget(self, instance: Instance) -> None:
        """Clear away what an ended instance had."""
        self._credentials.dismiss(instance.id)
        instance.delete_folder()

    def troubles(self) -> list[str]:
        """What keeps instances from running: the last end of each fleet whose instances end young.

        Empty when all is well, or an instance ended only once.
        """
        return [
            f"{fleet.group.label}: {fleet.trouble.deaths} instances in a row ended young, "
            f"the last one: {fleet.trouble.reason}"
            for fleet in self.fleets
            if fleet.trouble.deaths >= DEATHS_THAT_TELL
        ]

    def summary(self) -> str:
        """How many instances run, by group."""
        return ", ".join(f"{len(fleet.running)} {fleet.group.label}" for fleet in self.fleets)

    def launch(self, group: Group) -> Instance:
        """Launch one instance of a group with its launch template as it is now.

        Raises:
            LocalError: the group lacks what an instance needs.
        """
        launch = read_launch(self._account, group.name)
        instance_id = new_instance_id()
        access = self._credentials.admit(instance_id, launch.role_arn)
        return Instance(
            self._folder,
            InstanceSettings(
                group=group.label,
                instance_id=instance_id,
                user_data=launch.user_data,
                variables=self._account.endpoint_variables | access | self._variables,
            ),
        )

    def _keep(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            try:
                capacities = read_capacities(self._account)
                for fleet in self.fleets:
                    fleet.reconcile(capacities[fleet.group.name], self.unhealthy())
            except (ClientError, BotoCoreError, LocalError, KeyError):
                log.exception("the groups could not be looked after; trying again")
