"""Many jobs that end within some minutes give few emails, and none is lost, whatever dies."""

import pytest

from runtime.common.mail_choices import MailChoice, MailKind
from runtime.common.messages import SendDigest
from runtime.notify import digests
from runtime.notify.pending import HOLD_SECONDS, LOST_SECONDS
from tests.emulator import Emulator
from tests.unit.delivery import delivery
from tests.unit.notify.world import INTERVAL, Queued, World
from tests.unit.retention.seam import crash


@pytest.fixture
def world(emulator: Emulator) -> World:
    return World(emulator)


def choose(world: World, user_id: str, choice: MailChoice) -> None:
    world.choices.choose(user_id, dict.fromkeys(MailKind, choice))


def test_should_send_two_mails_when_seventeen_jobs_end_at_once(world: World) -> None:
    ada = world.user()
    jobs = [world.ended(ada, f"{number}.vcf") for number in range(16)]
    jobs.append(world.ended(ada, "letter.vcf", error="The file is no VCF."))
    begun = world.clock()
    world.deliver_due()
    [first] = world.mails(ada)
    assert first.subject == "0.vcf has been annotated"
    world.settle()
    assert world.clock() == begun + INTERVAL
    _, digest = world.mails(ada)
    assert digest.subject == "Your jobs: 1 could not be annotated, 15 annotated"
    assert "The file is no VCF." in digest.text
    assert [world.told(job, ada) for job in jobs] == [1] * 17
    assert all(world.jobs.require(job.job_id).notify_time for job in jobs)
    assert world.pending.all(ada.user_id) == []


def test_should_send_at_once_when_nothing_was_sent_for_an_interval(world: World) -> None:
    ada = world.user()
    for _ in range(2):
        job = world.ended(ada)
        world.deliver_due()
        assert world.told(job, ada) == 1
        world.clock.advance(INTERVAL)


def test_should_not_wait_for_anothers_mails_when_two_users_have_jobs(world: World) -> None:
    ada, eve = world.user(), world.user()
    world.ended(ada)
    world.ended(eve)
    world.deliver_due()
    assert (len(world.mails(ada)), len(world.mails(eve))) == (1, 1)


@pytest.mark.parametrize(("choice", "mails"), [(MailChoice.EACH, 3), (MailChoice.NONE, 0)])
def test_should_follow_the_choice_when_the_user_made_one(
    world: World, choice: MailChoice, mails: int
) -> None:
    ada = world.user()
    choose(world, ada.user_id, choice)
    for _ in range(3):
        world.ended(ada)
    world.deliver_due()
    assert world.queued == []
    assert len(world.mails(ada)) == mails


def test_should_send_nothing_more_when_the_user_chose_none_meanwhile(world: World) -> None:
    ada = world.user()
    world.ended(ada)
    late = world.ended(ada)
    world.deliver_due()
    choose(world, ada.user_id, MailChoice.NONE)
    world.settle()
    assert world.told(late, ada) == 0
    assert world.pending.all(ada.user_id) == []


def test_should_leave_a_job_out_when_it_was_deleted_meanwhile(world: World) -> None:
    ada = world.user()
    first, gone, kept = (world.ended(ada) for _ in range(3))
    world.deliver_due()
    world.jobs.remove(gone.job_id, ada.user_id)
    world.settle()
    assert [world.told(job, ada) for job in (first, gone, kept)] == [1, 0, 1]


def test_should_wait_no_longer_when_there_was_nothing_left_to_tell(world: World) -> None:
    ada = world.user()
    world.ended(ada)
    gone = world.ended(ada)
    world.deliver_due()
    world.jobs.remove(gone.job_id, ada.user_id)
    world.settle()
    job = world.ended(ada)
    world.deliver_due()
    assert world.told(job, ada) == 1


def test_should_forget_what_is_pending_when_the_account_is_erased(world: World) -> None:
    ada = world.user()
    world.ended(ada)
    world.ended(ada)
    world.deliver_due()
    world.users_table.delete_item(Key={"user_id": ada.user_id})
    world.settle()
    assert len(world.mails(ada)) == 1
    assert world.pending.all(ada.user_id) == []


def test_should_tell_the_rest_later_when_there_is_more_than_one_mail_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MOST_AT_ONCE", 2)
    ada = world.user()
    jobs = [world.ended(ada) for _ in range(6)]
    world.settle()
    assert [world.told(job, ada) for job in jobs] == [1] * 6
    assert len(world.mails(ada)) == 4


def test_should_lose_nothing_and_repeat_one_mail_at_most_wherever_it_dies(world: World) -> None:
    """Each history has a user of its own, who hears of three jobs."""
    moment, died = 0, True
    while died:
        ada = world.user()
        jobs = [world.ended(ada) for _ in range(3)]
        world.seam.at_number(moment, crash)
        world.settle()
        died = world.seam.planned is None
        world.seam.clear()
        told = [world.told(job, ada) for job in jobs]
        assert min(told) == 1, moment
        assert max(told) <= 1 + died, moment
        assert len(world.mails(ada)) <= 2 + died, moment
        assert world.pending.all(ada.user_id) == []
        moment += 2  # "after" a call and "before" the next are the same to others
    assert moment > 60


def test_should_tell_each_job_once_whenever_another_instance_comes_in_between(
    world: World,
) -> None:
    """While one instance handles the first message, another handles all of them, that one too."""
    moment, met = 0, True
    while met:
        ada = world.user()
        jobs = [world.ended(ada) for _ in range(3)]
        first = world.queued[0]

        def meanwhile(first: Queued = first) -> None:
            for message in list(world.queued):
                world.deliver(message, keep=message is first)

        world.seam.at_number(moment, meanwhile)
        world.deliver(first)
        met = world.seam.planned is None
        world.seam.clear()
        world.settle()
        assert [world.told(job, ada) for job in jobs] == [1, 1, 1], moment
        assert len(world.mails(ada)) <= 3, moment
        moment += 2
    assert moment > 20


def test_should_send_one_digest_when_its_message_comes_to_two_instances(world: World) -> None:
    ada = world.user()
    jobs = [world.ended(ada) for _ in range(3)]
    world.deliver_due()
    world.clock.advance(INTERVAL)
    message = SendDigest(user_id=ada.user_id, due=0)
    world.seam.at("before SendEmail", lambda: world.handler(message, delivery()))
    world.handler(message, delivery())
    world.settle()
    assert [world.told(job, ada) for job in jobs] == [1, 1, 1]
    assert len(world.mails(ada)) == 2


def test_should_try_again_at_once_when_the_sending_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.user()
    job = world.ended(ada)

    def refuse(**_: object) -> None:
        raise OSError("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(world.outgoing, "send", refuse)
        with pytest.raises(OSError, match="no connection"):
            world.deliver(world.queued[0])
    world.deliver_due()
    assert world.told(job, ada) == 1


def test_should_go_on_after_the_hold_when_the_holder_has_died(world: World) -> None:
    ada = world.user()
    job = world.ended(ada)
    world.pending.state(ada.user_id)
    world.pending.hold(ada.user_id)
    world.deliver_due()
    assert world.mails(ada) == []
    assert world.queued[0].due == world.clock() + HOLD_SECONDS + 1
    world.settle()
    assert world.told(job, ada) == 1


def test_should_rely_on_no_call_when_it_came_before_it_was_noted(world: World) -> None:
    ada = world.user()
    jobs = [world.ended(ada) for _ in range(2)]
    first, second = world.queued
    world.deliver(first)

    def meanwhile() -> None:
        world.collect()
        world.clock.advance(INTERVAL)
        [call] = [each for each in world.queued if "send_digest" in each.body]
        world.deliver(call)

    world.seam.at("after SendMessage", meanwhile)
    world.deliver(second)
    jobs.append(world.ended(ada))
    world.settle()
    assert [world.told(job, ada) for job in jobs] == [1, 1, 1]


def test_should_call_again_when_a_call_is_so_late_that_it_may_be_lost(world: World) -> None:
    ada = world.user()
    jobs = [world.ended(ada) for _ in range(2)]
    world.deliver_due()
    [lost] = world.queued
    world.queued.remove(lost)
    world.clock.advance(INTERVAL + LOST_SECONDS)
    jobs.append(world.ended(ada))
    world.settle()
    assert [world.told(job, ada) for job in jobs] == [1, 1, 1]
