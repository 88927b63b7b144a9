"""What must hold in every history of a user (docs/architecture.md lists it)."""

from hypothesis.stateful import RuleBasedStateMachine

from runtime.common.job import Job, ResultState
from runtime.common.messages import Removal
from runtime.common.owned_items import OwnedItems
from runtime.common.users import Role, User
from runtime.contract.s3 import UPLOAD_SECONDS
from runtime.removal.handler import RemovalHandler
from runtime.removal.user_files import UserFiles
from tests.unit.delivery import delivery
from tests.unit.removal.again import Again
from tests.unit.retention.stage import ALL, GOES, RETENTION, STAYS
from tests.unit.retention.world import World

EFFECTS = {"after UpdateItem", "after DeleteObjects"}
"""What may break an invariant: no other call changes a job, or takes bytes away."""


class Invariants(RuleBasedStateMachine):
    """The checks of a history, and what they need to know of it; `world` is set by the test.

    Attributes:
        owner: the user, as the history began.
        started: the user, as the handler at work found them.
        epochs: the last one that was seen of each job.
        restored: when each job was restored last.
        told: emails on restored results so far.
        untold: whether results are back of which nobody has been told.
    """

    world: World
    owner: User
    started: User

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[Job] = []
        self.removed: list[Job] = []
        self.epochs: dict[str, int] = {}
        self.restored: dict[str, int | None] = {}
        self.told = 0
        self.untold = False

    def user(self) -> User:
        user = self.world.users.get(self.owner.user_id)
        assert user is not None
        return user

    def look_after_effect(self) -> None:
        if self.world.seam.calls[-1] in EFFECTS:
            self.look()

    def look(self) -> None:
        """Check what must hold at every instant."""
        if len(self.world.restored_mails) > self.told:
            self.told, self.untold = len(self.world.restored_mails), False
        for job in self.jobs:
            self.assert_bytes_are_there(job)

    def assert_bytes_are_there(self, job: Job) -> None:
        now = self.world.jobs.get(job.job_id)
        assert now is not None
        if now.result_state is ResultState.AVAILABLE:
            assert self.world.names_in_results(job) == ALL, "invariant 2"
            assert self.world.content(job) == b"the result", "invariant 2"
        else:
            assert now.archive_versions.keys() == GOES
            kept = set(now.archive_versions.values())
            assert kept <= self.world.archive_versions(job), "invariant 2"
        if now.result_epoch > self.epochs.get(job.job_id, 0):
            self.epochs[job.job_id] = now.result_epoch
            if now.result_state is ResultState.ARCHIVED:
                self.assert_was_due(now)
            elif now.restore_time != self.restored.get(job.job_id):
                # It is back. cleanup raises the epoch of an available result too.
                self.restored[job.job_id] = now.restore_time
                self.untold = self.untold or self.user().role is Role.PREMIUM_USER

    def assert_was_due(self, job: Job) -> None:
        """Check an archive as it is written, against the role as the handler found it or later."""
        free_from = max(job.complete_time or 0, job.restore_time or 0)
        assert self.world.clock() >= free_from + RETENTION, "invariant 3: too early"
        seen = {self.started.role, self.user().role}
        assert seen != {Role.PREMIUM_USER}, "invariant 4: archived though Premium"

    def assert_settled(self) -> None:
        owner = self.user()
        wanted = ResultState.AVAILABLE if owner.role is Role.PREMIUM_USER else ResultState.ARCHIVED
        for job in self.jobs:
            assert self.world.job(job).result_state is wanted, "invariants 3 and 4"
            self.assert_bytes_are_there(job)
            archived = wanted is ResultState.ARCHIVED
            assert len(self.world.archive_versions(job)) == (len(GOES) if archived else 0)
            assert self.world.names_in_results(job) == (STAYS if archived else ALL)
        assert not self.untold, "nobody said that results are back"
        # A removal deletes the files again when no upload of the job can arrive any more.
        self.world.clock.advance(UPLOAD_SECONDS)
        for job in self.removed:
            self.remove_files(job)
            assert self.world.jobs.get_even_removed(job.job_id) is None
            assert self.world.archive_versions(job) == set()
            assert self.world.names_in_results(job) == set()

    def remove_files(self, job: Job) -> None:
        world = self.world
        files = UserFiles(
            world.s3, inputs=world.results, results=world.results, archive=world.archive
        )
        # Only the removal of an account erases the user.
        handler = RemovalHandler(
            jobs=world.jobs,
            owned_items=OwnedItems(world.owned_items, world.clock),
            files=files,
            removals=Again(),  # type: ignore[arg-type]
            erasure=None,  # type: ignore[arg-type]
            clock=world.clock,
        )
        handler(Removal(user_id=job.user_id, job_id=job.job_id), delivery())
