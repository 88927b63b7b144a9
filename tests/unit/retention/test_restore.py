"""After an upgrade every archived result comes back, whatever the user does meanwhile."""

import pytest

from runtime.common.job import ResultState
from runtime.common.messages import RestoreResult, parse_restore_request
from tests.unit.retention.stage import RETENTION
from tests.unit.retention.world import World


def test_should_bring_everything_back_and_say_so_once_when_the_owner_upgrades(
    world: World,
) -> None:
    owner = world.user()
    jobs = world.archived(owner, 5)
    world.restorer = world.new_restorer(page=2)
    world.restore_now(world.upgrade(owner))
    world.pump(seconds=20)
    for job in jobs:
        world.assert_back(job)
    assert world.restored_mails == [owner.user_id]
    head = world.s3.head_object(Bucket=world.results, Key=jobs[0].result_keys.vcf)
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
    assert world.restore_requests.take() == []


def test_should_ask_once_when_the_message_comes_twice(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    message = world.upgrade(owner)
    world.restore_now(message)
    first = world.job(job)
    world.restore_now(message)
    assert world.job(job) == first


def test_should_archive_it_again_when_the_owner_is_free_before_it_is_back(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    world.clock.advance(60)
    world.restore_now(world.cancel(owner))
    world.wait_until_readable(job)
    world.thaw_now(job)
    world.assert_back(job)
    assert world.archive_queue.count_delayed() == 1
    world.clock.advance(RETENTION - 1)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.AVAILABLE
    world.clock.advance(1)
    world.archive_now(job)
    assert world.job(job).result_state is ResultState.ARCHIVED
    assert world.restored_mails == []


def test_should_send_for_it_alone_when_s3_refuses_one(world: World) -> None:
    owner = world.user()
    lost, kept = world.archived(owner, 2)
    world.s3.delete_object(
        Bucket=world.archive,
        Key=lost.result_keys.vcf,
        VersionId=lost.archive_versions["vcf"],
    )
    world.restore_now(world.upgrade(owner))
    assert world.job(kept).result_state is ResultState.RESTORING
    assert world.job(lost).result_state is ResultState.ARCHIVED
    sent = [parse_restore_request(body) for body in world.restore_requests.take_all()]
    assert RestoreResult(user_id=owner.user_id, job_id=lost.job_id) in sent


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
        world.wait_until_readable(job)
        world.thaw_now(job)

    world.seam.at(f"{moment} ListObjectVersions", restore)
    world.archive_now(job)
    world.assert_back(job)
