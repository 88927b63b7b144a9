"""What the owner is told of a change of plan, each once: that all is back, how long it stays."""

import pytest

from runtime.common.delivery import HandBack
from runtime.common.job import Job, ResultState
from runtime.common.mail_choices import MailChoice, MailChoices, MailKind
from runtime.common.messages import CheckBatch, RestoreResult, parse_restore_request
from runtime.common.once import HOLD_SECONDS
from runtime.common.users import Role, User
from runtime.contract.sqs import VISIBILITY_SECONDS
from runtime.retention.restore import FIRST_CHECK_SECONDS, LATER_SECONDS
from tests.unit.delivery import delivery
from tests.unit.retention.seam import Crash, crash
from tests.unit.retention.stage import RETENTION
from tests.unit.retention.world import World


def look(owner: User) -> CheckBatch:
    """The message that has the restore process look whether everything is back."""
    return CheckBatch(user_id=owner.user_id)


def alone(job: Job) -> RestoreResult:
    """The message that asks for one result."""
    return RestoreResult(user_id=job.user_id, job_id=job.job_id)


def bring_back(world: World, job: Job) -> None:
    world.wait_until_readable(job)
    world.thaw_now(job)
    world.assert_back(job)


def end(world: World, owner: User) -> list[str]:
    """Look for the end of the batch a while later; return who was told by then."""
    world.clock.advance(FIRST_CHECK_SECONDS)
    world.restore_now(look(owner))
    return world.restored_mails


def one_of_two_is_back(world: World) -> tuple[User, Job]:
    """Return a Premium user just before the check of the batch, and what isn't requested yet."""
    owner = world.user()
    first, second = world.archived(owner, 2)
    world.upgrade(owner)
    world.restore_now(alone(first))
    bring_back(world, first)
    world.clock.advance(FIRST_CHECK_SECONDS)
    return owner, second


def test_should_not_say_that_all_is_back_when_s3_throttled_one_that_is_asked_for_later(
    world: World,
) -> None:
    owner = world.user()
    jobs = world.archived(owner, 2)
    world.throttle(every=3)
    world.restore_now(world.upgrade(owner))
    [asked] = [job for job in jobs if world.job(job).result_state is ResultState.RESTORING]
    [later] = [job for job in jobs if job != asked]
    bring_back(world, asked)
    assert end(world, owner) == []
    world.clock.advance(LATER_SECONDS)
    world.restore_now(alone(later))
    bring_back(world, later)
    world.clock.advance(LATER_SECONDS)
    assert end(world, owner) == [owner.user_id]


@pytest.mark.parametrize("choice", MailChoice)
def test_should_say_that_all_is_back_when_the_owner_wants_one_mail_for_many(
    world: World, choice: MailChoice
) -> None:
    owner = world.user()
    MailChoices(world._users_table).choose(owner.user_id, dict.fromkeys(MailKind, choice))
    [job] = world.archived(owner, 1)
    world.restore_now(world.upgrade(owner))
    bring_back(world, job)
    told = end(world, owner)
    assert told == ([owner.user_id] if choice is MailChoice.DIGEST else [])


def test_should_not_say_that_all_is_back_when_more_is_asked_for_as_it_looks(world: World) -> None:
    owner, second = one_of_two_is_back(world)
    world.seam.at("after Query", lambda: world.restore_now(alone(second)))
    world.restore_now(look(owner))
    assert world.restored_mails == []
    bring_back(world, second)
    assert end(world, owner) == [owner.user_id]


def test_should_tell_of_it_as_well_when_more_is_asked_for_while_the_owner_is_told(
    world: World,
) -> None:
    owner, second = one_of_two_is_back(world)

    def ask() -> None:
        with pytest.raises(HandBack):
            world.restore_now(alone(second))

    calls = iter([None, ask])  # the first write says that the owner is being told
    world.seam.planned = lambda now: next(calls, None) if now == "before UpdateItem" else None
    world.restore_now(look(owner))
    assert world.restored_mails == [owner.user_id]
    world.clock.advance(HOLD_SECONDS)
    world.restore_now(alone(second))
    bring_back(world, second)
    assert end(world, owner) == [owner.user_id] * 2


def test_should_say_it_when_the_owner_upgrades_again_before_all_is_back(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    world.restore_now(world.cancel(owner))
    assert end(world, owner) == []
    world.restore_now(world.upgrade(owner))
    bring_back(world, job)
    assert end(world, owner) == [owner.user_id]


@pytest.mark.parametrize("moment", ["before SendMessage", "after SendMessage"])
def test_should_look_for_the_end_when_it_dies_as_a_batch_begins(world: World, moment: str) -> None:
    owner = world.user()
    world.archived(owner)
    message = world.upgrade(owner)
    world.seam.crash_at(moment)
    with pytest.raises(Crash):
        world.restore_now(message)
    world.restore_now(message)
    sent = [parse_restore_request(body) for body in world.restore_requests.take_all()]
    assert look(owner) in sent


def test_should_not_say_that_all_is_back_when_it_died_while_it_asked(world: World) -> None:
    owner = world.user()
    jobs = world.archived(owner, 2)
    message = world.upgrade(owner)
    calls = iter([None, crash])
    world.seam.planned = lambda now: next(calls, None) if now == "before RestoreObject" else None
    with pytest.raises(Crash):
        world.restore_now(message)
    [asked] = [job for job in jobs if world.job(job).result_state is ResultState.RESTORING]
    bring_back(world, asked)
    assert end(world, owner) == []
    world.clock.advance(VISIBILITY_SECONDS)
    world.restore_now(message)
    [other] = [job for job in jobs if job != asked]
    bring_back(world, other)
    assert end(world, owner) == [owner.user_id]


def test_should_give_time_and_say_so_once_when_the_owner_is_free_again(world: World) -> None:
    owner = world.user(Role.PREMIUM_USER)
    jobs = [world.completed(owner) for _ in range(3)]
    world.clock.advance(RETENTION * 10)
    message = world.cancel(owner)
    due = int(world.clock()) + RETENTION
    world.restorer = world.new_restorer(page=2)
    for _ in range(2):
        world.restore_now(message)
        for body in world.restore_requests.take():
            world.restore_now(parse_restore_request(body))
    assert world.free_mails == [(owner.user_id, due)]
    assert world.archive_queue.count_delayed() == 2 * len(jobs)
    world.clock.now = due
    for job in jobs:
        world.archive_now(job)
        assert world.job(job).result_state is ResultState.ARCHIVED


def test_should_not_tell_twice_when_two_instances_end_a_batch(world: World) -> None:
    owner = world.user()
    world.restorer.batch.open(owner.user_id)
    world.upgrade(owner)
    world.restorer.batch.requested(owner.user_id)
    world.clock.advance(FIRST_CHECK_SECONDS)
    check = look(owner)
    other = world.new_restorer()

    def interrupt() -> None:
        with pytest.raises(HandBack):
            other(check, delivery())

    world.seam.at("after UpdateItem", interrupt)
    world.restore_now(check)
    other(check, delivery())
    assert world.restored_mails == [owner.user_id]
