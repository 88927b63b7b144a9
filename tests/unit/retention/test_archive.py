"""Results of Free users move into the archive: due ones, once, whatever happens in between."""

import pytest

from runtime.common.delivery import HandBack
from runtime.common.job import Job, ResultState
from runtime.common.messages import JobResult, RestoreResult
from runtime.common.objects import ObjectMissing
from runtime.common.users import Role
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import job_exports_prefix
from runtime.retention.files import SMALL_BYTES
from tests.unit.delivery import delivery
from tests.unit.retention.seam import Crash, crash
from tests.unit.retention.stage import ALL, GOES, RETENTION, STAYS
from tests.unit.retention.world import World


def assert_archived(world: World, job_id: str, names: set[str] = GOES) -> None:
    job = world.jobs.require(job_id)
    assert job.result_state is ResultState.ARCHIVED
    assert job.archive_versions.keys() == names
    assert world.archive_versions(job) == set(job.archive_versions.values())
    assert world.names_in_results(job) == STAYS
    exports = job_exports_prefix(job.user_id, job.job_id)
    assert "Versions" not in world.s3.list_object_versions(Bucket=world.results, Prefix=exports)
    for name in names:
        key = getattr(job.result_keys, name)
        head = world.s3.head_object(Bucket=world.archive, Key=key)
        assert head.get("StorageClass", "STANDARD") == ("GLACIER" if name == "vcf" else "STANDARD")
        assert head["ContentLength"] == len(b"the result" if name == "vcf" else name)


def test_should_move_to_the_archive_when_due(world: World) -> None:
    job = world.due(world.user())
    world.archive_now(job)
    assert_archived(world, job.job_id)


def test_should_archive_what_there_is_when_the_result_has_no_index_and_no_genotypes(
    world: World,
) -> None:
    job = world.completed(world.user(), whole=False)
    world.clock.advance(RETENTION)
    world.archive_now(job)
    assert_archived(world, job.job_id, {"vcf", "parquet"})


def test_should_stay_when_not_due(world: World) -> None:
    job = world.completed(world.user())
    world.clock.advance(RETENTION - 1)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.AVAILABLE
    assert world.names_in_results(job) == ALL
    assert world.archive_queue.count_delayed() == 1


@pytest.mark.parametrize("times", [2, 3])
def test_should_archive_once_when_delivered_again(world: World, times: int) -> None:
    job = world.due(world.user())
    for _ in range(times):
        world.archive_now(job)
    assert_archived(world, job.job_id)
    assert world.restore_requests.take() == []


def test_should_never_archive_when_the_owner_is_premium_when_due(world: World) -> None:
    owner = world.user()
    job = world.due(owner)
    world.change_role(owner.user_id, Role.PREMIUM_USER)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.AVAILABLE
    assert world.names_in_results(job) == ALL
    assert world.archive_queue.count() == world.archive_queue.count_delayed() == 0


def test_should_get_its_time_again_when_the_owner_has_come_back_to_free(world: World) -> None:
    owner = world.user(Role.PREMIUM_USER)
    job = world.due(owner)
    world.change_role(owner.user_id, Role.FREE_USER)
    world.clock.advance(RETENTION - 1)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.AVAILABLE
    world.clock.advance(1)
    world.archive_now(job)
    assert_archived(world, job.job_id)


def test_should_do_nothing_when_the_job_failed(world: World) -> None:
    message = JobResult(job_id="job-1", user_id="ada", job_status=JobStatus.FAILED, complete_time=0)
    world.archiver(message, delivery())
    assert world.seam.calls == []


def test_should_leave_nothing_when_the_job_is_removed_before_it_is_written(world: World) -> None:
    job = world.due(world.user())
    world.seam.at("after CopyObject", lambda: world.removed(job))
    world.archive_now(job)
    assert world.archive_versions(job) == set()


def test_should_leave_nothing_when_it_died_and_the_job_was_removed_meanwhile(
    world: World,
) -> None:
    job = world.due(world.user())
    world.seam.crash_at("after CopyObject")
    with pytest.raises(Crash):
        world.archive_now(job)
    assert len(world.archive_versions(job)) == 1
    world.removed(job)
    world.archive_now(job)
    assert world.archive_versions(job) == set()


def test_should_archive_a_large_table_in_a_class_that_is_cheap_and_readable_at_once(
    world: World,
) -> None:
    owner = world.user()
    job = world.due(owner)
    key, content = job.result_keys.parquet, b"x" * SMALL_BYTES
    world.s3.put_object(Bucket=world.results, Key=key, Body=content)
    world.archive_now(job)
    head = world.s3.head_object(Bucket=world.archive, Key=key)
    assert head["StorageClass"] == "GLACIER_IR"
    world.restore_now(world.upgrade(owner))
    world.wait_until_readable(job)
    world.thaw_now(job)
    assert world.contents(job)["parquet"] == content
    head = world.s3.head_object(Bucket=world.results, Key=key)
    assert head.get("StorageClass", "STANDARD") == "STANDARD"


@pytest.mark.parametrize("name", ["vcf", "parquet"])
def test_should_say_so_when_a_file_of_an_available_result_is_not_there(
    world: World, name: str
) -> None:
    job = world.due(world.user())
    world.s3.delete_object(Bucket=world.results, Key=getattr(job.result_keys, name))
    with pytest.raises(ObjectMissing):
        world.archive_now(job)
    assert world.archive_versions(job) == set()


def test_should_leave_no_copy_in_the_end_when_it_is_told_to_stop_between_two(world: World) -> None:
    job = world.due(world.user())
    stopping = delivery()
    world.seam.at("after CopyObject", stopping.stopping.set)
    with pytest.raises(HandBack):
        world.archiver(JobResult.of(job), stopping)
    assert world.job(job).result_state is ResultState.AVAILABLE
    assert len(world.archive_versions(job)) == 1
    world.archive_now(job)
    assert_archived(world, job.job_id)


def test_should_delete_what_was_copied_when_it_died_and_the_owner_is_premium_meanwhile(
    world: World,
) -> None:
    owner = world.user()
    job = world.due(owner)
    world.seam.crash_at("before UpdateItem")
    with pytest.raises(Crash):
        world.archive_now(job)
    assert len(world.archive_versions(job)) == len(GOES)
    world.upgrade(owner)
    world.archive_now(job)
    assert world.archive_versions(job) == set()
    assert world.names_in_results(job) == ALL


def test_should_keep_the_result_when_copies_of_an_archive_that_slept_are_deleted(
    world: World,
) -> None:
    owner = world.user()
    job = world.due(owner)

    def meanwhile() -> None:
        world.upgrade(owner)
        world.archive_now(job)

    world.seam.at("before UpdateItem", meanwhile)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.AVAILABLE
    assert world.names_in_results(job) == ALL
    assert world.archive_versions(job) == set()


def between_calls(world: World) -> list[int]:
    """Numbers of the moments before the first call of an archive that goes well, and after each."""
    world.seam.calls.clear()
    world.archive_now(world.due(world.user()))
    numbers = [number for number, call in enumerate(world.seam.calls) if call.startswith("after")]
    assert len(numbers) > 10
    return [0, *numbers]


def test_should_be_completed_by_the_next_delivery_when_it_dies_at_any_call(world: World) -> None:
    for number in between_calls(world):
        job = world.due(world.user())
        world.seam.at_number(number, crash)
        with pytest.raises(Crash):
            world.archive_now(job)
        world.clock.advance(60)
        world.archive_now(job)
        assert_archived(world, job.job_id)


def test_should_archive_once_when_another_instance_does_it_between_any_two_calls(
    world: World,
) -> None:
    other = world.new_archiver()
    for number in between_calls(world):
        job = world.due(world.user())

        def interrupt(job: Job = job) -> None:
            other(JobResult.of(job), delivery())

        world.seam.at_number(number, interrupt)
        world.archive_now(job)
        assert_archived(world, job.job_id)


def test_should_ask_for_a_restore_when_an_upgrade_comes_between_any_two_calls(
    world: World,
) -> None:
    for number in between_calls(world):
        world.restore_requests.take()
        job = world.due(world.user())
        seen_archived: list[bool] = []

        def upgrade(job: Job = job, seen: list[bool] = seen_archived) -> None:
            world.change_role(job.user_id, Role.PREMIUM_USER)
            seen.append(world.job(job).result_state is ResultState.ARCHIVED)

        world.seam.at_number(number, upgrade)
        world.archive_now(job)
        asked = world.restore_requests.take()
        if world.job(job).result_state is ResultState.AVAILABLE:
            assert world.content(job) == b"the result"
        else:
            # The upgrade's own walk over the archived jobs sees it, or the archive asks for it.
            request = RestoreResult(user_id=job.user_id, job_id=job.job_id).to_body()
            assert seen_archived[0] or asked == [request], number
