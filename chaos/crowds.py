"""Many jobs at once: of many people, with every request repeated; and while AWS doesn't answer."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from chaos.fault import Scene, Struck
from chaos.people import Person, Submitted
from chaos.target import wait_for
from runtime.common.messages import JobRequest, JobResult
from runtime.common.topics import Topic

END_SECONDS = 600.0
"""For the jobs of a crowd to end."""

UPLOADS_AT_ONCE = 8

REPEATS_OF_A_REQUEST = ("ticket", "request")
"""A ticket that is sent again by a browser, and a request that SNS delivers twice."""


@dataclass(frozen=True)
class CrowdSize:
    """How many people submit how many jobs each at once, and how many requests come again."""

    people: int
    jobs_each: int
    repeats: int


class Burst:
    """Many people submit jobs at once, and requests come twice and in any order."""

    def __init__(self, scene: Scene, size: CrowdSize) -> None:
        self.struck = Struck()
        self._scene = scene
        self._size = size

    def strike(self) -> str:
        """Submit all jobs, repeat requests meanwhile, and the news of their ends afterwards."""
        scene, size = self._scene, self._size
        with ThreadPoolExecutor(size.people) as pool:
            people = list(pool.map(lambda _: scene.people.new(), range(size.people)))
            half = size.repeats // 2
            seeds = [scene.dice.random() for _ in people]
            shares = [half // size.people + (n < half % size.people) for n in range(size.people)]
            repeated = sum(pool.map(self._submit_all, people, shares, seeds))
        jobs = [job for person in people for job in person.submitted]
        self.struck.jobs += jobs
        wait_for(lambda: all(self._ended(job) for job in jobs), END_SECONDS)
        repeated += self._repeat_ends(size.repeats - repeated)
        self.struck.times += repeated
        self.struck.at_work += repeated
        return f"{len(jobs)} jobs of {size.people} people, {repeated} requests repeated"

    def _submit_all(self, person: Person, repeats: int, seed: float) -> int:
        """Submit one person's jobs; repeat requests of those there are. Returns how many."""
        dice = random.Random(seed)  # noqa: S311 - shuffles, keeps no secret
        turns = ["submit"] * (self._size.jobs_each - 1)
        turns += [dice.choice(REPEATS_OF_A_REQUEST) for _ in range(repeats)]
        dice.shuffle(turns)
        for turn in ("submit", *turns):
            if turn == "submit":
                small = dice.choice(self._scene.inputs.small)
                person.submit(small, self._scene.reference)
            elif turn == "ticket":
                person.site.start_job(dice.choice(person.submitted).ticket)
            else:
                self._request(dice.choice(person.submitted))
        return repeats

    def _request(self, job: Submitted) -> None:
        outputs = self._scene.target.outputs
        topic = Topic(self._scene.target.account.client("sns"), outputs.job_requests_topic)
        topic.publish(JobRequest(job_id=job.job_id), of_user=job.user_id)

    def _repeat_ends(self, count: int) -> int:
        """Publish again that jobs have ended, and requests of jobs that have; return how many."""
        target = self._scene.target
        topic = Topic(target.account.client("sns"), target.outputs.job_results_topic)
        for _ in range(count):
            submitted = self._scene.dice.choice(self.struck.jobs)
            job = target.job(submitted.job_id)
            if job is not None and job.ended and self._scene.dice.random() < 0.5:
                topic.publish(JobResult.of(job))
            else:
                self._request(submitted)
        return count

    def _ended(self, job: Submitted) -> bool:
        found = self._scene.target.job(job.job_id)
        return found is None or found.ended


class Outage:
    """The emulator, which is all of AWS here, doesn't answer for a while."""

    def __init__(self, scene: Scene, *, jobs: int, seconds: float) -> None:
        self.struck = Struck()
        self._scene = scene
        self._jobs = jobs
        self._seconds = seconds

    def strike(self) -> str:
        """Upload the files, start all jobs, and stop the emulator while they wait and run."""
        scene, file = self._scene, self._scene.inputs.medium
        person = scene.people.new()
        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            uploads = [
                pool.submit(person.site.upload, file, reference=scene.reference)
                for _ in range(self._jobs)
            ]
            tickets = [upload.result() for upload in uploads]
            self.struck.jobs += pool.map(lambda ticket: person.start(ticket, file), tickets)
        found = [scene.target.job(job.job_id) for job in self.struck.jobs]
        open_jobs = sum(job is not None and not job.ended for job in found)
        with self.struck.moment(), scene.machines.stopped_emulator():
            time.sleep(self._seconds)  # how long the outage lasts
        self.struck.times += 1
        self.struck.at_work += open_jobs > 0
        return f"{self._seconds:.0f} s, {open_jobs} jobs in flight"
