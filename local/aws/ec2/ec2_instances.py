"""EC2 and Auto Scaling: a loop gives every group the instances that its capacity asks for."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.account import Account
from local.aws.credentials import CredentialsServer
from local.aws.ec2.auto_scaling_groups import AutoScalingGroup, read_capacities, read_launch
from local.aws.ec2.group_instances import GroupInstances
from local.aws.ec2.instance import STOP_SECONDS, Instance, InstanceSettings, new_instance_id
from local.aws.ec2.instance_list import InstanceList
from local.aws.target_health import Target
from local.errors import LocalError
from local.host.folder import Folder

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.5
"""How often capacities are read and instances checked."""

MIN_EARLY_ENDS = 2
"""So many early ends in a row are reported: a single one may be an accident."""


class Ec2Instances:
    """The instances of all groups.

    Args:
        folder: where instances have their folders and logs.
        account: where the groups are.
        credentials: gives each instance its role's credentials.
        groups: the groups to keep.
        variables: environment variables of instances, besides their AWS access.
    """

    def __init__(
        self,
        *,
        folder: Folder,
        account: Account,
        credentials: CredentialsServer,
        groups: list[AutoScalingGroup],
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.groups = [GroupInstances(group, self._launch, self._clean_up) for group in groups]
        self.unhealthy: Callable[[], Collection[str]] = tuple
        """Returns the ids of the instances that the load balancer finds unhealthy."""
        self._folder = folder
        self._list = InstanceList(folder.instances_file)
        self._account = account
        self._credentials = credentials
        self._variables = dict(variables or {})
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="ec2", daemon=True)

    def start(self) -> None:
        """Launch the instances, and reconcile them from then on."""
        self._thread.start()

    def stop(self, grace_seconds: float = STOP_SECONDS) -> None:
        """Terminate all instances at the same time, and wait until they have ended.

        Args:
            grace_seconds: between SIGTERM and SIGKILL.
        """
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        with ThreadPoolExecutor() as pool:
            ended = [pool.submit(group.terminate_all, grace_seconds) for group in self.groups]
        for each in ended:
            each.result()

    def of_group(self, label: str) -> GroupInstances:
        """The instances of the group with this label."""
        return next(members for members in self.groups if members.group.label == label)

    def targets(self, target_group_arn: str) -> list[Target]:
        """The running instances of the groups that are attached to a target group."""
        return [
            Target(instance.id, instance.port)
            for members in self.groups
            if target_group_arn in members.group.target_group_arns
            for instance in members.running
        ]

    def problems(self) -> list[str]:
        """A sentence for each group whose instances end soon after their launch, again and again.

        Empty when no group has that problem.
        """
        return [
            f"{members.group.label}: {members.early_ends.count} instances in a row ended soon "
            f"after their launch. The last one: {members.early_ends.reason}"
            for members in self.groups
            if members.early_ends.count >= MIN_EARLY_ENDS
        ]

    def require_bootable(self) -> None:
        """Raise LocalError with the `problems`, when there are any."""
        problems = self.problems()
        if problems:
            raise LocalError("\n".join(["Instances don't boot.", *problems]))

    def summary(self) -> str:
        """The number of running instances in each group."""
        return ", ".join(f"{len(each.running)} {each.group.label}" for each in self.groups)

    def _launch(self, group: AutoScalingGroup) -> Instance:
        """Launch an instance from the group's current launch template.

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

    def _clean_up(self, instance: Instance) -> None:
        """Withdraw an ended instance's credentials and delete its folder."""
        self._credentials.dismiss(instance.id)
        instance.delete_folder()

    def _keep(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            try:
                capacities, unhealthy = read_capacities(self._account), self.unhealthy()
                for members in self.groups:
                    members.reconcile(capacities[members.group.name], unhealthy)
                self._list.write(self.groups, unhealthy)
            except (ClientError, BotoCoreError, LocalError, KeyError):
                log.exception("the groups could not be reconciled; trying again")
