"""`./gas chaos`: the faults one after the other, what became of the jobs, and the clean-up."""

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from chaos.crowds import Burst, CrowdSize, Outage
from chaos.fault import Scene, Struck
from chaos.findings import Findings, find, mails_by_job
from chaos.inputs import write_inputs
from chaos.kills import AnnotatorKills, WorkerKills
from chaos.machines import Machines
from chaos.people import People
from chaos.target import Target, wait_for
from loadtest.removal import remove_accounts
from loadtest.signals import uninterrupted
from local.aws.ec2.auto_scaling_groups import find_groups, read_capacities
from local.cloud import LABEL_PREFIX
from local.errors import LocalError
from local.progress import Steps
from local.sample import Sample
from runtime.contract.job_status import JobStatus

UNDISTURBED_SECONDS = 120.0
SETTLE_SECONDS = 400.0
"""A message that a killed process had in hand comes again after 60 s, and at most three times."""

HEALTHY_SECONDS = 120.0
"""For the instances that replace killed ones to boot."""


CROWD = CrowdSize(people=20, jobs_each=10, repeats=250)


class FaultName(StrEnum):
    """The faults, as `--only` names them."""

    ANNOTATORS = "annotators"
    WORKERS = "workers"
    BURST = "burst"
    OUTAGE = "outage"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which faults, and how much of each.

    Attributes:
        rounds: of kills.
        timers: whether to wait at the end for the timers of retention too, which take two minutes.
    """

    only: frozenset[FaultName] = frozenset(FaultName)
    rounds: int = 10
    seed: int = 1
    crowd: CrowdSize = CROWD
    outage_jobs: int = 33
    outage_seconds: float = 30.0
    timers: bool = True


@dataclass(frozen=True)
class Outcome:
    """What a run found.

    Attributes:
        faults: a sentence for each thing that is wrong, of the platform as a whole too.
    """

    findings: tuple[Findings, ...]
    messages_left: int
    processes_left: int
    faults: tuple[str, ...]


def run_chaos(target: Target, sample: Sample, plan: Plan, steps: Steps) -> Outcome:
    """Strike with every fault of the plan, wait until the platform is quiet, and look at all jobs.

    Accounts and jobs are removed at the end, also when it is ended early.

    Raises:
        LocalError: the platform isn't well before it begins, or refuses a job.
    """
    machines = Machines.of(target.root_pid)
    if problem := _problem(target, machines):
        raise LocalError(f"The platform isn't well, before anything is broken: {problem}")
    people = People(target)
    try:
        with tempfile.TemporaryDirectory(prefix="gas-chaos-") as folder:
            scene = Scene(
                target=target,
                machines=machines,
                people=people,
                inputs=write_inputs(sample.vcf, Path(folder), plan.seed),
                reference=sample.reference,
                dice=random.Random(plan.seed),  # noqa: S311 - makes choices, keeps no secret
            )
            return _strike_all(scene, plan, steps)
    finally:
        people.close()
        with uninterrupted(), steps.step("Remove its accounts and jobs") as step:
            left = remove_accounts(target.deployment, [person.email for person in people.all])
            step.detail = " ".join(left)


def _strike_all(scene: Scene, plan: Plan, steps: Steps) -> Outcome:
    with steps.step("Annotate each input undisturbed") as step:
        undisturbed = _undisturbed(scene, plan)
        step.detail = f"{len(undisturbed)} files"
    done = [*_kills(scene, plan, steps), *_crowds(scene, plan, steps)]
    if plan.timers:
        with steps.step("The timers of retention run out"):
            wait_for(lambda: not _messages_left(scene, timers=True), SETTLE_SECONDS)
    with steps.step("Look at every job, email, queue and process"):
        job_ids = {job.job_id for job in scene.people.submitted}
        mails = mails_by_job(scene.target.mails(), job_ids)
        findings = tuple(
            find(name, struck, target=scene.target, undisturbed=undisturbed, mails=mails)
            for name, struck in done
        )
        return _outcome(scene, findings, timers=plan.timers)


def _undisturbed(scene: Scene, plan: Plan) -> Mapping[str, Mapping[str, str]]:
    """The digests of the result of each input that the plan needs, by the file's name.

    Raises:
        LocalError: one wasn't annotated.
    """
    person, found = scene.people.new(), {}
    files = [*scene.inputs.small]
    files += [scene.inputs.medium] if FaultName.OUTAGE in plan.only else []
    files += [scene.inputs.large] if FaultName.ANNOTATORS in plan.only else []
    for file in files:
        job_id = person.submit(file, scene.reference).job_id
        view = person.site.wait(
            job_id, seconds=UNDISTURBED_SECONDS, on_progress=lambda _status, _percent: None
        )
        job = scene.target.job(job_id)
        if job is None or job.job_status is not JobStatus.COMPLETED:
            raise LocalError(f"{file.name} wasn't annotated, with nothing broken: {view.error}")
        found[file.name] = scene.target.digests(job)
    return found


def _kills(scene: Scene, plan: Plan, steps: Steps) -> Iterator[tuple[str, Struck]]:
    """The rounds of kills. What was killed comes back after a minute, so both kinds share it."""
    kinds: dict[FaultName, Callable[[Scene], AnnotatorKills | WorkerKills]] = {
        FaultName.ANNOTATORS: AnnotatorKills,
        FaultName.WORKERS: WorkerKills,
    }
    faults = {name: kind(scene) for name, kind in kinds.items() if name in plan.only}
    for number in range(1, plan.rounds + 1) if faults else ():
        with steps.step(f"Kills, round {number} of {plan.rounds}") as step:
            said = []
            for fault in faults.values():
                said.append(fault.strike())
                step.detail = "; ".join(said)
            _settle(scene)
    for fault in faults.values():
        if isinstance(fault, WorkerKills):
            with steps.step("Restore what was archived"):
                fault.bring_back()
    yield from ((name, fault.struck) for name, fault in faults.items())


def _crowds(scene: Scene, plan: Plan, steps: Steps) -> Iterator[tuple[str, Struck]]:
    if FaultName.BURST in plan.only:
        burst = Burst(scene, plan.crowd)
        with steps.step("Jobs of many people at once") as step:
            step.detail = burst.strike()
            _settle(scene)
        yield FaultName.BURST, burst.struck
    if FaultName.OUTAGE in plan.only:
        outage = Outage(scene, jobs=plan.outage_jobs, seconds=plan.outage_seconds)
        with steps.step("The emulator doesn't answer") as step:
            step.detail = outage.strike()
            _settle(scene)
        yield FaultName.OUTAGE, outage.struck


def _settle(scene: Scene) -> None:
    """Wait until nothing is left to do for any job; what is left after that, `_outcome` tells."""
    wait_for(lambda: not _messages_left(scene, timers=False), SETTLE_SECONDS)
    wait_for(lambda: not _problem(scene.target, scene.machines), HEALTHY_SECONDS)


def _messages_left(scene: Scene, *, timers: bool) -> list[str]:
    ids = {job.job_id for job in scene.people.submitted}
    return scene.target.queues_with(ids, timers=timers)


def _problem(target: Target, machines: Machines) -> str:
    """What is wrong with the platform, in a sentence; empty when all its instances are there."""
    capacities = read_capacities(target.account)
    for group in find_groups(target.account, LABEL_PREFIX):
        wanted, there = capacities[group.name].instances, len(machines.of_group(group.label))
        if there < wanted:
            return f"The group {group.label} has {there} of {wanted} instances."
    return target.problem()


def _outcome(scene: Scene, findings: Sequence[Findings], *, timers: bool) -> Outcome:
    queues, processes = _messages_left(scene, timers=timers), scene.machines.left_over()
    problem = _problem(scene.target, scene.machines)
    whole = [
        f"{queues.count(queue)} messages are left in {queue}." for queue in sorted(set(queues))
    ]
    if processes:
        pids = ", ".join(str(each.pid) for each in processes)
        whole.append(f"Processes of killed instances still run: {pids}.")
    if problem:
        whole.append(f"The platform isn't well: {problem}")
    return Outcome(
        findings=tuple(findings),
        messages_left=len(queues),
        processes_left=len(processes),
        faults=(*(fault for each in findings for fault in each.faults), *whole),
    )
