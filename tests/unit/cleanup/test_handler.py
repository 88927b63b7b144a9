"""Surplus copies go; the last copy of a result never does, whatever a message says."""

import pytest

from runtime.cleanup.handler import CopyMissing
from runtime.common.delivery import HandBack
from runtime.common.job import Job
from runtime.common.messages import JobResult, SurplusCopies
from runtime.contract.s3 import UPLOAD_SECONDS
from tests.unit.delivery import delivery
from tests.unit.retention.seam import Crash, crash
from tests.unit.retention.stage import ALL, GOES, STAYS
from tests.unit.retention.world import World


def clean_up(world: World, job: Job, *, user_id: str = "") -> None:
    message = SurplusCopies(user_id=user_id or job.user_id, job_id=job.job_id)
    world.cleaner(message, delivery())


def copied(world: World) -> Job:
    """A job that is written as archived, whose result still is in both buckets."""
    job = world.due(world.user())
    world.archiver(JobResult.of(job), delivery())
    assert world.names_in_results(job) == ALL
    return world.job(job)


def test_should_leave_the_results_bucket_when_the_archive_holds_the_result(world: World) -> None:
    job = copied(world)
    for _ in range(2):
        clean_up(world, job)
        assert world.names_in_results(job) == STAYS
        assert world.archive_versions(job) == set(job.archive_versions.values())


@pytest.mark.parametrize("name", sorted(GOES))
def test_should_delete_nothing_when_the_archive_lacks_what_the_job_names(
    world: World, name: str
) -> None:
    job = copied(world)
    key, version_id = getattr(job.result_keys, name), job.archive_versions[name]
    world.s3.delete_object(Bucket=world.archive, Key=key, VersionId=version_id)
    with pytest.raises(CopyMissing):
        clean_up(world, job)
    assert world.names_in_results(job) == ALL
    assert len(world.archive_versions(job)) == len(GOES) - 1


def test_should_delete_nothing_when_the_job_names_no_version_in_the_archive(world: World) -> None:
    job = world.due(world.user())
    world.states.archived(job, {})
    with pytest.raises(CopyMissing):
        clean_up(world, job)
    assert world.names_in_results(job) == ALL


@pytest.mark.parametrize("name", ["vcf", "parquet"])
def test_should_delete_nothing_when_an_available_result_is_not_there(
    world: World, name: str
) -> None:
    owner = world.user()
    job = world.due(owner)
    world.seam.crash_at("before UpdateItem")
    with pytest.raises(Crash):
        world.archiver(JobResult.of(job), delivery())
    for version in world.cleaner.objects.versions(world.results, f"users/{owner.user_id}/"):
        if version.key == getattr(job.result_keys, name):
            world.cleaner.objects.delete([version])
    with pytest.raises(CopyMissing):
        clean_up(world, job)
    assert len(world.archive_versions(job)) == len(GOES)


def test_should_delete_nothing_when_the_result_is_coming_back(world: World) -> None:
    [job] = world.archived(world.user())
    world.states.restoring(job, due=int(world.clock()) + 300)
    clean_up(world, job)
    assert world.archive_versions(job) == set(job.archive_versions.values())


def test_should_delete_nothing_when_the_job_is_another_users(world: World) -> None:
    job = copied(world)
    clean_up(world, job, user_id=world.user().user_id)
    assert world.names_in_results(job) == ALL
    assert len(world.archive_versions(job)) == len(GOES)


def test_should_leave_the_files_to_the_removal_when_there_is_a_tombstone(world: World) -> None:
    job = copied(world)
    world.jobs.remove(job.job_id, job.user_id)
    clean_up(world, job)
    world.clock.advance(UPLOAD_SECONDS)
    with pytest.raises(HandBack):
        clean_up(world, job)
    assert world.names_in_results(job) == ALL
    world.jobs.erase(job.job_id)
    clean_up(world, job)
    assert world.names_in_results(job) == set()
    assert world.archive_versions(job) == set()


def test_should_be_completed_by_the_next_delivery_when_it_dies_at_any_call(world: World) -> None:
    first = copied(world)
    world.seam.calls.clear()
    clean_up(world, first)
    moments = len(world.seam.calls)
    assert moments > 8
    for number in range(moments):
        job = copied(world)
        world.seam.at_number(number, crash)
        with pytest.raises(Crash):
            clean_up(world, job)
        clean_up(world, job)
        assert world.names_in_results(job) == STAYS
        assert world.archive_versions(job) == set(job.archive_versions.values())


@pytest.mark.parametrize("moment", ["after ListObjectVersions", "before DeleteObjects"])
def test_should_keep_what_is_restored_when_it_slept_through_the_restore(
    world: World, moment: str
) -> None:
    job = copied(world)
    owner = world.users.get(job.user_id)
    assert owner

    def restore() -> None:
        world.restore_now(world.upgrade(owner))
        world.wait_until_readable(job)
        world.thaw_now(job)

    world.seam.at(moment, restore)
    clean_up(world, job)
    world.assert_back(job)
