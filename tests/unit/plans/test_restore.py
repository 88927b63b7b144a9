"""After an upgrade every archived result comes back, and its owner hears of it once."""

import time

import pytest

from runtime.common.delivery import HandBack
from runtime.common.job import Job, ResultState
from runtime.common.messages import JobResult, PlanChange, RestoreCompleted
from runtime.common.users import Role
from runtime.restore.retrieval import Progress
from runtime.restore.sweep import SWEEP_SECONDS, OverdueSweep
from tests.unit.plans.seam import Crash
from tests.unit.plans.world import RETENTION, World, delivery

ALL = {"vcf", "index", "parquet", "summary", "log"}


def assert_back(world: World, job: Job) -> None:
    now = world.job(job)
    assert now.result_state is ResultState.AVAILABLE
    assert world.content(job) == b"the result"
    assert world.names_in_results(job) == ALL
    assert world.archive_versions(job) == []


def readable(world: World, job: Job) -> None:
    """Wait until S3 has restored a result: the emulator takes two seconds."""
    retrieval = world.thawer.retrieval
    world.seam.clear()
    while retrieval.progress(retrieval.head(world.job(job))) is not Progress.READABLE:
        time.sleep(0.05)


def test_should_bring_everything_back_and_say_so_once_when_the_owner_upgrades(
    world: World,
) -> None:
    owner = world.user()
    jobs = world.archived(owner, 5)
    world.restorer = world.new_restorer(page=2)
    world.restore_now(world.upgrade(owner))
    world.pump(seconds=20)
    for job in jobs:
        assert_back(world, job)
    assert world.restored_mails == [owner.user_id]
    head = world.s3.head_object(Bucket=world.results, Key=str(jobs[0].s3_key_result_file))
    assert head.get("StorageClass", "STANDARD") == "STANDARD"


def test_should_show_an_estimate_when_s3_was_asked(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    now = world.job(job)
    assert now.result_state is ResultState.RESTORING
    assert now.restore_due == int(world.clock()) + 300
    assert world.states.is_any_restoring(owner.user_id)
    assert world.restored_mails == []


def test_should_ask_for_nothing_when_the_owner_is_free_by_then(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    message = world.upgrade(owner)
    world.cancel(owner)
    world.restore_now(message)
    assert world.job(job).result_state is ResultState.ARCHIVED
    assert world.bodies(world.restore_requests) == []


def test_should_ask_once_when_the_message_comes_twice(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    message = world.upgrade(owner)
    world.restore_now(message)
    first = world.job(job)
    world.restore_now(message)
    assert world.job(job) == first


def test_should_bring_it_back_when_the_event_comes_before_the_write(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.upgrade(owner)

    def event_first() -> None:
        readable(world, job)
        world.thaw_now(job)
        assert_back(world, job)

    world.seam.at("after RestoreObject", event_first)
    world.restore_now(PlanChange(user_id=owner.user_id))
    assert_back(world, job)


def test_should_ask_again_when_the_restored_copy_has_expired(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.upgrade(owner)
    world.states.restoring(job, due=int(world.clock()) + 5)  # S3 holds no restored copy of it
    world.clock.advance(60)
    world.thaw_now(job)
    assert world.job(job).restore_due == int(world.clock()) + 300
    readable(world, job)
    world.thaw_now(job)
    assert_back(world, job)


@pytest.mark.parametrize("asked", [False, True])
def test_should_set_it_going_again_when_a_restore_is_overdue(world: World, asked: bool) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.upgrade(owner)
    if asked:
        world.restore_now(PlanChange(user_id=owner.user_id))
        readable(world, job)
        world.bodies(world.restore_completed)  # S3's word is lost
    else:
        world.states.restoring(job, due=int(world.clock()) + 300)
    sweep = OverdueSweep(world.states, world.watched_queue(world.restore_requests), world.clock)
    sweep()
    world.bodies(world.restore_requests)
    world.clock.advance(max(SWEEP_SECONDS, 301))
    sweep()
    world.pump(seconds=20, until=lambda: world.job(job).result_state is ResultState.AVAILABLE)
    assert_back(world, job)


def test_should_leave_a_restore_alone_when_it_is_not_due(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    before = world.job(job)
    world.restore_now(PlanChange(user_id=owner.user_id, job_id=job.job_id))
    assert world.job(job) == before


def test_should_archive_it_again_when_the_owner_is_free_before_it_is_back(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    world.clock.advance(60)
    world.restore_now(world.cancel(owner))
    readable(world, job)
    world.thaw_now(job)
    assert_back(world, job)
    assert world.archive_queue.count_delayed() == 1
    world.clock.advance(RETENTION - 1)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.AVAILABLE
    world.clock.advance(1)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.ARCHIVED
    assert world.restored_mails == []


def test_should_give_time_and_say_so_once_when_the_owner_is_free_again(world: World) -> None:
    owner = world.user(Role.PREMIUM_USER)
    jobs = [world.completed(owner) for _ in range(3)]
    world.clock.advance(RETENTION * 10)
    message = world.cancel(owner)
    due = int(world.clock()) + RETENTION
    world.restorer = world.new_restorer(page=2)
    for _ in range(2):
        world.restore_now(message)
        for body in world.bodies(world.restore_requests):
            world.restore_now(PlanChange.from_body(body))
    assert world.free_mails == [(owner.user_id, due)]
    assert world.archive_queue.count_delayed() == 2 * len(jobs)
    world.clock.now = due
    for job in jobs:
        world.archive_now(job)
        assert world.job(job).result_state is ResultState.ARCHIVED


@pytest.mark.parametrize("erased", [False, True])
def test_should_leave_nothing_when_the_job_is_removed_while_it_is_brought_back(
    world: World, erased: bool
) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    readable(world, job)
    key = str(job.s3_key_result_file)

    def remove() -> None:
        world.jobs.remove(job.job_id, job.user_id)
        if erased:
            world.jobs.erase(job.job_id)

    world.seam.at("after CopyObject", remove)
    with pytest.raises(HandBack):
        world.thawer(RestoreCompleted.of(key), delivery())
    world.thawer(RestoreCompleted.of(key), delivery())
    assert world.archive_versions(job) == []
    assert world.names_in_results(job) == set()


@pytest.mark.parametrize(
    "body",
    [
        '{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01","Bucket":"b"}',
        '{"Records":[{"eventName":"ObjectRestore:Post","s3":{"object":{"key":"users/a/b/x"}}}]}',
        '{"Records":[{"eventName":"ObjectRestore:Completed","s3":{"object":{"key":"x"}}}]}',
        RestoreCompleted.of("users/nobody/no-job/x.annot.vcf.gz").to_body(),
    ],
)
def test_should_take_no_harm_when_an_event_is_about_nothing(world: World, body: str) -> None:
    world.thawer(RestoreCompleted.from_body(body), delivery())


def test_should_read_the_key_as_s3_writes_it() -> None:
    key = "users/a/b/x (1)+y.annot.vcf.gz"
    assert RestoreCompleted.of(key).records[0].key == key
    assert RestoreCompleted.from_body(RestoreCompleted.of(key).to_body()).records[0].key == key
    assert "x+%281%29%2By" in RestoreCompleted.of(key).to_body()


def test_should_finish_what_it_began_when_thaw_dies_after_any_call(world: World) -> None:
    owner = world.user()
    count = 9
    jobs = world.archived(owner, count)
    world.restore_now(world.upgrade(owner))
    for job in jobs:
        readable(world, job)
    world.seam.calls.clear()
    world.thaw_now(jobs[0])
    after = [n for n, call in enumerate(world.seam.calls) if call.startswith("after")]
    effects = [
        n for n in after if "Get" not in world.seam.calls[n] and "Head" not in world.seam.calls[n]
    ]
    assert 5 <= len(effects) < count
    for number, job in zip(effects, jobs[1:], strict=False):
        world.seam.at_number(number, crash)
        with pytest.raises(Crash):
            world.thaw_now(job)
        world.thaw_now(job)
        assert_back(world, job)


def test_should_be_back_once_when_two_instances_thaw_between_any_two_calls(world: World) -> None:
    owner = world.user()
    count = 14
    jobs = world.archived(owner, count)
    world.restore_now(world.upgrade(owner))
    other = world.new_thawer()
    for job in jobs:
        readable(world, job)
    world.seam.calls.clear()
    world.thaw_now(jobs[0])
    after = [n for n, call in enumerate(world.seam.calls) if call.startswith("after")]
    for number, job in zip(after, jobs[1:], strict=False):
        event = RestoreCompleted.of(str(job.s3_key_result_file))
        world.seam.at_number(number, lambda event=event: other(event, delivery()))  # type: ignore[misc]
        try:
            world.thaw_now(job)
        except HandBack:
            world.thaw_now(job)
        assert_back(world, job)


def test_should_send_for_it_alone_when_s3_refuses_one(world: World) -> None:
    owner = world.user()
    lost, kept = world.archived(owner, 2)
    world.s3.delete_object(
        Bucket=world.archive,
        Key=str(lost.s3_key_result_file),
        VersionId=str(lost.results_file_archive_id),
    )
    world.restore_now(world.upgrade(owner))
    assert world.job(kept).result_state is ResultState.RESTORING
    assert world.job(lost).result_state is ResultState.ARCHIVED
    bodies = [PlanChange.from_body(body) for body in world.take_all(world.restore_requests)]
    assert PlanChange(user_id=owner.user_id, job_id=lost.job_id) in bodies


def test_should_not_tell_twice_when_two_instances_end_a_round(world: World) -> None:
    owner = world.user()
    world.restorer.rounds.begin(owner.user_id)
    world.upgrade(owner)
    check = PlanChange(user_id=owner.user_id, awaits_last=True)
    other = world.new_restorer()

    def interrupt() -> None:
        with pytest.raises(HandBack):
            other(check, delivery())

    world.seam.at("after UpdateItem", interrupt)
    world.restore_now(check)
    other(check, delivery())
    assert world.restored_mails == [owner.user_id]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_should_not_delete_what_is_back_when_an_archive_that_slept_goes_on(
    world: World, moment: str
) -> None:
    """The worst case: an archive stops before or after its last look at the versions, and a whole
    restore passes meanwhile."""
    owner = world.user()
    job = world.due(owner)

    def restore() -> None:
        world.restore_now(world.upgrade(owner))
        readable(world, job)
        world.thaw_now(job)

    world.seam.at(f"{moment} ListObjectVersions", restore)
    world.archive_now(job)
    assert_back(world, job)


def test_should_set_the_timer_again_when_a_free_users_result_is_thawed_twice(
    world: World,
) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    readable(world, job)
    world.cancel(owner)
    world.seam.crash_at("after UpdateItem")
    with pytest.raises(Crash):
        world.thaw_now(job)
    world.thaw_now(job)
    assert_back(world, job)
    assert world.archive_queue.count_delayed() == 1
    [message] = world.take_all(world.archive_queue)
    assert JobResult.from_body(message).job_id == job.job_id


def crash() -> None:
    raise Crash
