"""Processes are killed by SIGKILL while they work: annotators, and those that archive and mail."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from chaos.fault import Scene, Struck
from chaos.machines import Machine
from chaos.people import Person, Submitted
from chaos.target import wait_for
from runtime.common.job import ResultState
from runtime.common.messages import JobResult, PlanChange
from runtime.common.queues import Queue
from runtime.common.users import Role
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import user_prefix

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

AT_WORK_SECONDS = 90.0
"""For a job to be under way, on a slow machine."""

LOOK_SECONDS = 0.005
"""Between two looks for what takes milliseconds: an email, a copy."""

RESTORE_SECONDS = 180.0
"""For all archived results to come back: the emulator restores each within seconds."""

JOBS_A_ROUND = 6
PASSED_SECONDS = 86_400
"""How much earlier a result was completed, so that it is due for the archive."""

YOUNG_SECONDS = 60.0
"""An instance that ends sooner after its launch counts as one that can't boot, and its replacement
waits: see local/aws/ec2/group_instances.py."""


def kill(scene: Scene, machine: Machine, names: list[str]) -> None:
    """Kill everything on an instance, or one of its processes alone."""
    name = scene.dice.choice([*names, ""])
    if not name or not scene.machines.kill_process(machine, name):
        scene.machines.kill_all(machine)


def let_instances_age(scene: Scene, group: str) -> None:
    """Wait until the group's instances are old enough to be replaced at once."""
    ages = [machine.age_seconds for machine in scene.machines.of_group(group)]
    # The platform goes by the age alone, so there is nothing else to wait for.
    time.sleep(max(0.0, YOUNG_SECONDS + 1 - min(ages, default=0.0)))


class AnnotatorKills:
    """Kills every annotator in the midst of a job."""

    def __init__(self, scene: Scene) -> None:
        self.struck = Struck()
        self._scene = scene
        self._person = scene.people.new()

    def strike(self) -> str:
        """Give each annotator a large job, and kill them; return what happened in words."""
        scene = self._scene
        if self.struck.times:
            let_instances_age(scene, "annotator")
        victims = scene.machines.of_group("annotator")
        jobs = [self._person.submit(scene.inputs.large, scene.reference) for _ in victims]
        self.struck.jobs += jobs
        wait_for(lambda: all(self._under_way(job) for job in jobs), AT_WORK_SECONDS)
        # At any moment of a job, and not only when it is first seen to be under way.
        time.sleep(scene.dice.uniform(0, 0.5))
        for victim in victims:
            kill(scene, victim, ["annotator"])
        hit = sum(self._running(job) for job in jobs)
        self.struck.times += len(victims)
        self.struck.at_work += hit
        return f"{len(victims)} killed, {hit} of {len(jobs)} jobs in the midst"

    def _under_way(self, job: Submitted) -> bool:
        found = self._scene.target.job(job.job_id)
        return found is None or found.ended or found.progress > 0

    def _running(self, job: Submitted) -> bool:
        found = self._scene.target.job(job.job_id)
        return found is not None and found.job_status is JobStatus.RUNNING


class WorkerKills:
    """Kills notify and archive in turn, while there is mail to send and results to archive."""

    def __init__(self, scene: Scene) -> None:
        self.struck = Struck()
        self._scene = scene
        self._last = self._submit()
        wait_for(lambda: self._all_told(self._last), AT_WORK_SECONDS)

    def strike(self) -> str:
        """Have six jobs mailed and six archived, and kill one of the two; say what happened."""
        scene, due = self._scene, self._last
        if self.struck.times:
            let_instances_age(scene, "utilities")
        name = ("notify", "archive")[self.struck.times % 2]
        self._last = new = self._submit()
        self._let_time_pass(due)
        started = self._mail_begun(new) if name == "notify" else self._copy_begun(due)
        at_work = wait_for(started, AT_WORK_SECONDS, every=LOOK_SECONDS)
        # At any moment of a message's work, which takes some tens of milliseconds.
        time.sleep(scene.dice.uniform(0, 0.03))
        with self.struck.moment():
            for victim in scene.machines.of_group("utilities"):
                kill(scene, victim, [name])
        self.struck.times += 1
        self.struck.at_work += at_work
        return f"{name} killed {'at work' if at_work else 'while idle'}"

    def bring_back(self) -> None:
        """Note which results weren't archived, and have the others restored for their owners.

        What is archived can't be read: the restored copies are compared with the undisturbed run.
        """
        target = self._scene.target
        jobs = {job_id: target.job(job_id) for job_id in self.struck.archived}
        self.struck.kept |= {
            job_id
            for job_id, job in jobs.items()
            if job is None or job.result_state is not ResultState.ARCHIVED
        }
        queue = Queue(target.account.client("sqs"), target.outputs.restore_requests_queue)
        for user_id in {job.user_id for job in jobs.values() if job is not None}:
            self._scene.people.set_role(user_id, Role.PREMIUM_USER)
            queue.send(PlanChange(user_id=user_id))
        wait_for(lambda: all(self._is_back(job_id) for job_id in jobs), RESTORE_SECONDS)

    def _is_back(self, job_id: str) -> bool:
        job = self._scene.target.job(job_id)
        return job is None or job.result_state is ResultState.AVAILABLE

    def _submit(self) -> Person:
        scene, person = self._scene, self._scene.people.new()
        for _ in range(JOBS_A_ROUND):
            person.submit(scene.dice.choice(scene.inputs.small), scene.reference)
        self.struck.jobs += person.submitted
        return person

    def _let_time_pass(self, person: Person) -> None:
        """Make all results of a person due for the archive: they are on Free, and time is over."""
        target = self._scene.target
        self._scene.people.set_role(person.user_id, Role.FREE_USER)
        _put_back(target.users_table, {"user_id": person.user_id}, "role_since")
        queue = Queue(target.account.client("sqs"), target.outputs.job_results_archive_queue)
        for submitted in person.submitted:
            _put_back(target.jobs_table, {"job_id": submitted.job_id}, "complete_time")
            queue.send(JobResult.of(target.deployment.jobs.require(submitted.job_id)))
            self.struck.archived.add(submitted.job_id)

    def _all_told(self, person: Person) -> bool:
        found = [self._scene.target.job(job.job_id) for job in person.submitted]
        return all(job is None or job.notify_time is not None for job in found)

    def _mail_begun(self, person: Person) -> Callable[[], bool]:
        """Whether notify is about to send an email about one of the jobs, or sends it."""
        table = self._scene.target.jobs_table

        def begun() -> bool:
            for job in person.submitted:
                item = table.get_item(Key={"job_id": job.job_id}, ConsistentRead=True)
                if "notify_until" in item.get("Item", {}):
                    return True
            return False

        return begun

    def _copy_begun(self, person: Person) -> Callable[[], bool]:
        """Whether one of the results has a copy in the archive."""
        target = self._scene.target

        def begun() -> bool:
            found = target.account.client("s3").list_object_versions(
                Bucket=target.outputs.archive_bucket,
                Prefix=user_prefix(person.user_id),
                MaxKeys=1,
            )
            return "Versions" in found

        return begun


def _put_back(table: "Table", key: dict[str, str], name: str) -> None:
    """Make the time in one attribute of an item earlier."""
    table.update_item(
        Key=key,
        UpdateExpression=f"ADD {name} :earlier",
        ExpressionAttributeValues={":earlier": -PASSED_SECONDS},
    )
