"""The effect of a job's removal: cut off, repeated, and in the way of others."""

import pytest

from runtime.common.delivery import HandBack
from runtime.common.jobs import JobMissing
from runtime.common.keys import result_keys
from runtime.common.messages import Removal
from runtime.contract.s3 import UPLOAD_SECONDS
from runtime.removal.user_files import NotDeleted
from tests.unit.delivery import delivery
from tests.unit.removal.world import LEASE, World, old


def test_should_leave_nothing_of_a_job_when_it_is_removed(world: World) -> None:
    world.complete(world.submit("job-1"))
    kept = world.complete(world.submit("job-2"))
    world.complete(world.submit("job-3", "eve"))
    of_others = world.left("eve") | {key for key in world.left("ada") if "job-2" in key}
    old(world)

    world.jobs.remove("job-1", "ada")
    world.remove("job-1")

    assert world.left("ada") | world.left("eve") == of_others
    world.follow_up()
    assert world.jobs.get_even_removed("job-1") is None
    assert world.left("ada") | world.left("eve") == of_others
    assert world.jobs.get("job-2") == kept
    world.remove("job-1")


def test_should_write_the_tombstone_itself_when_the_message_comes_before_it(world: World) -> None:
    world.submit("job-1")
    old(world)
    world.remove("job-1")
    assert world.jobs.get_even_removed("job-1") is None
    assert world.left("ada") == set()


def test_should_touch_nothing_when_the_job_is_another_users(world: World) -> None:
    job, files = world.complete(world.submit("job-1", "eve")), world.left("eve")
    world.remove("job-1", "ada")
    assert world.jobs.get("job-1") == job
    assert world.left("eve") == files


def test_should_wait_for_the_lease_when_an_attempt_works_on_the_job(world: World) -> None:
    world.submit("job-1")
    old(world)
    claim = world.jobs.claim("job-1", lease_seconds=LEASE)
    with pytest.raises(HandBack) as handed:
        world.remove("job-1")
    assert handed.value.delay_seconds == LEASE + 1
    assert world.jobs.get("job-1") is None
    assert world.left("ada")

    # What the attempt writes before it hears of it goes too.
    late = result_keys("ada", "job-1", "x.vcf").vcf
    world.files.s3.put_object(Bucket=world.files.results, Key=late, Body=b"late")
    world.clock.advance(handed.value.delay_seconds)
    world.remove("job-1")
    assert world.left("ada") == set()
    world.jobs.release_removed(claim)
    assert world.jobs.get_even_removed("job-1") is None


def test_should_not_wait_when_the_attempt_has_stopped(world: World) -> None:
    world.submit("job-1")
    claim = world.jobs.claim("job-1", lease_seconds=LEASE)
    world.jobs.remove("job-1", "ada")
    world.jobs.release_removed(claim)
    world.remove("job-1")
    assert world.left("ada") == set()


def test_should_keep_the_input_while_another_job_has_the_same(world: World) -> None:
    first = world.submit("first")
    world.submit("again", key=first.s3_key_input_file)
    world.remove("first")
    assert world.left("ada") == {first.s3_key_input_file}
    world.remove("again")
    assert world.left("ada") == set()


def test_should_begin_again_when_it_was_cut_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.complete(world.submit("job-1"))
    old(world)
    with monkeypatch.context() as cut:
        kept = {"Errors": [{"Key": "k", "Code": "InternalError", "Message": "later"}]}
        cut.setattr(world.files.s3, "delete_objects", lambda **_: kept)
        with pytest.raises(NotDeleted):
            world.remove("job-1")
    assert world.jobs.get_even_removed("job-1") is not None
    with pytest.raises(HandBack):
        world.handler(Removal(user_id="ada", job_id="job-1"), delivery(stopping=True))
    assert world.jobs.get_even_removed("job-1") is not None
    world.remove("job-1")
    assert world.left("ada") == set()
    world.follow_up()
    assert world.jobs.get_even_removed("job-1") is None


def test_should_delete_an_export_that_is_finished_after_the_job_is_deleted(world: World) -> None:
    job = world.complete(world.submit("job-1"))
    old(world)
    world.remove("job-1")
    assert world.left("ada") == set()

    world.export(job)
    assert world.follow_up() == [Removal(user_id="ada", job_id="job-1")]
    assert world.left("ada") == set()
    assert world.jobs.get_even_removed("job-1") is None
    assert world.again.sent == []


def test_should_keep_the_tombstone_while_the_upload_may_arrive_again(world: World) -> None:
    job = world.complete(world.submit("job-1"))
    world.remove("job-1")
    assert world.left("ada") == set()

    # The form that was signed for the job is used once more, and then its ticket.
    world.files.s3.put_object(Bucket=world.files.inputs, Key=job.s3_key_input_file, Body=b"x")
    with pytest.raises(JobMissing):
        world.submit("job-1")
    assert world.follow_up() == [Removal(user_id="ada", job_id="job-1")]
    assert world.left("ada") == set()
    assert world.jobs.get_even_removed("job-1") is not None

    world.clock.advance(UPLOAD_SECONDS)
    world.follow_up()
    assert world.jobs.get_even_removed("job-1") is None
    assert world.again.sent == []
