"""The owner of a result hears of its moves, each once, as the owner has chosen."""

import pytest

from runtime.common.mail_choices import MailChoice, MailKind
from runtime.common.users import Role, User
from tests.emulator import Emulator
from tests.unit.notify.world import INTERVAL, SITE, Queued, World

ARCHIVED = "The result of x.vcf has been archived"
RESTORED = "The result of x.vcf has been restored"


@pytest.fixture
def world(emulator: Emulator) -> World:
    return World(emulator)


def free_user(world: World, choice: MailChoice) -> User:
    """Who has chosen so for moved results, and no email for ended jobs."""
    moves = {MailKind.ARCHIVED.value: choice.value, MailKind.RESTORED.value: choice.value}
    none = {MailKind.ENDED.value: MailChoice.NONE.value}
    return world.user(role=Role.FREE_USER, mail_choices=none | moves)


def upgrade(world: World, user: User) -> None:
    item = user.model_copy(update={"role": Role.PREMIUM_USER})
    world.users_table.put_item(Item=item.model_dump(mode="json", exclude_none=True))


@pytest.mark.parametrize(
    ("choice", "subjects"),
    [
        (MailChoice.EACH, [ARCHIVED] * 3),
        (MailChoice.DIGEST, [ARCHIVED, "Your jobs: 2 archived"]),
        (MailChoice.NONE, []),
    ],
)
def test_should_follow_the_choice_when_results_are_archived(
    world: World, choice: MailChoice, subjects: list[str]
) -> None:
    ada = free_user(world, choice)
    jobs = [world.archived(world.ended(ada)) for _ in range(3)]
    again = Queued(world.queued[-1].body, world.clock() + 2 * INTERVAL)
    world.queued.append(again)
    world.settle()
    assert world.subjects(ada) == subjects
    for mail in world.mails(ada):
        assert f"{SITE}/subscribe" in mail.text
        assert f"{SITE}/profile#mails" in mail.text
    assert [world.told(job, ada) for job in jobs] == [min(1, len(subjects))] * 3


def test_should_tell_both_in_one_mail_when_some_end_and_some_are_archived(world: World) -> None:
    ada = world.user(role=Role.FREE_USER)
    world.ended(ada)
    world.deliver_due()
    world.archived(world.ended(ada, "old.vcf"))
    world.ended(ada, "bad.vcf", error="The file is no VCF.")
    world.settle()
    assert world.subjects(ada)[1:] == [
        "Your jobs: 1 could not be annotated, 1 annotated, 1 archived"
    ]


@pytest.mark.parametrize("choice", [MailChoice.EACH, MailChoice.DIGEST])
def test_should_not_say_archived_when_the_owner_is_premium_by_then(
    world: World, choice: MailChoice
) -> None:
    ada = free_user(world, choice)
    world.archived(world.ended(ada))
    upgrade(world, ada)
    world.settle()
    assert world.mails(ada) == []


def test_should_leave_an_archive_out_when_the_result_is_back_by_then(world: World) -> None:
    ada = free_user(world, MailChoice.DIGEST)
    world.archived(world.ended(ada))
    late = world.archived(world.ended(ada))
    world.deliver_due()
    world.restored(late)
    world.settle()
    assert world.subjects(ada) == [ARCHIVED]


def test_should_tell_again_when_a_result_is_archived_again(world: World) -> None:
    ada = free_user(world, MailChoice.EACH)
    job = world.archived(world.ended(ada))
    world.settle()
    world.clock.advance(INTERVAL)
    world.restored(job)
    world.clock.advance(INTERVAL)
    world.archived(job)
    world.settle()
    assert world.subjects(ada) == [ARCHIVED, ARCHIVED]


@pytest.mark.parametrize(
    ("choice", "subjects"), [(MailChoice.EACH, [RESTORED]), (MailChoice.DIGEST, [])]
)
def test_should_tell_of_each_restored_result_only_when_the_owner_wants_each(
    world: World, choice: MailChoice, subjects: list[str]
) -> None:
    """The process restore tells the others, when all results are back."""
    ada = free_user(world, choice)
    upgrade(world, ada)
    job = world.archived(world.ended(ada))
    world.restored(job)
    world.queued.append(Queued(world.queued[-1].body, world.clock()))
    world.settle()
    assert world.subjects(ada) == subjects
