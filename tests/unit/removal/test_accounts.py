"""The effect of an account's removal."""

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from runtime.common.delivery import HandBack
from runtime.common.job import ResultState
from runtime.common.jobs.result_states import ResultStates, StateChanged
from runtime.common.keys import input_key
from runtime.common.owned_items import of_job, of_mails, of_user
from runtime.common.users import User
from runtime.contract.s3 import UPLOAD_SECONDS
from tests.unit.removal.world import LEASE, SITE, World

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def ada(world: World) -> User:
    return world.users.create(email="ada@example.org", name="Ada <3", password="correct horse")


def test_should_erase_the_user_and_send_a_receipt_when_the_account_is_removed(
    world: World, ada: User
) -> None:
    world.complete(world.submit("job-1", ada.user_id))
    owned_items = world.handler.owned_items
    mails = of_mails(ada.user_id)
    for owner in (of_user(ada.user_id), mails, of_job("job-1"), of_user("another")):
        owned_items.create(owner, "token#1", {})
    world.users.mark_deleted(ada.user_id)

    world.remove(None, ada.user_id)

    assert world.left(ada.user_id) == set()
    assert owned_items.all(of_user(ada.user_id), "token#") == []
    assert owned_items.all(mails, "token#") == []
    assert owned_items.all(of_job("job-1"), "token#") == []
    assert len(owned_items.all(of_user("another"), "token#")) == 1
    assert world.users.get(ada.user_id) is None
    assert world.users.by_email(ada.email) is None
    ((to, email),) = world.post.sent
    assert (to, email.subject) == (ada.email, "Your GAS account has been deleted")
    assert f"{SITE}/register" in email.text
    world.remove(None, ada.user_id)
    assert len(world.post.sent) == 1


def test_should_keep_the_user_out_while_files_are_waited_for(world: World, ada: User) -> None:
    world.submit("running", ada.user_id)
    world.jobs.claim("running", lease_seconds=LEASE)
    with pytest.raises(HandBack):
        world.remove(None, ada.user_id)
    user = world.users.get(ada.user_id)
    assert user is not None
    assert user.deleted_at is not None
    assert world.post.sent == []


def test_should_try_again_when_the_receipt_can_not_be_sent_now(world: World, ada: User) -> None:
    world.post.refusal = "TooManyRequestsException"
    with pytest.raises(ClientError):
        world.remove(None, ada.user_id)
    assert world.users.get(ada.user_id) is not None
    world.post.refusal = ""
    world.remove(None, ada.user_id)
    assert len(world.post.sent) == 1


def test_should_erase_all_the_same_when_the_receipt_can_never_be_sent(
    world: World, ada: User
) -> None:
    world.post.refusal = "MessageRejected"
    world.remove(None, ada.user_id)
    assert world.users.get(ada.user_id) is None


def test_should_leave_nothing_of_an_account_when_it_is_removed(world: World) -> None:
    world.complete(world.submit("done"))
    world.submit("waiting")
    world.submit("running")
    world.jobs.claim("running", lease_seconds=LEASE)
    theirs = world.submit("theirs", "eve")
    # A file that was uploaded, and of which no job was ever made.
    never = input_key("ada", "never", "x.vcf")
    world.files.s3.put_object(Bucket=world.files.inputs, Key=never, Body=b"x")

    with pytest.raises(HandBack) as handed:
        world.remove(None)
    assert [job.job_id for job in world.jobs.all_of_user("ada")] == ["running"]
    world.clock.advance(handed.value.delay_seconds)
    world.remove(None)

    assert list(world.jobs.all_of_user("ada")) == []
    assert world.left("ada") == set()
    assert world.jobs.get("theirs") == theirs
    assert world.left("eve")
    world.remove(None)


@pytest.mark.parametrize("state", ResultState)
def test_should_leave_nothing_of_an_account_whatever_the_state_of_its_result(
    world: World, annotations_table: "Table", state: ResultState
) -> None:
    job = world.complete(world.submit("done"))
    states = ResultStates(annotations_table, world.clock)
    if state is not ResultState.AVAILABLE:
        job = states.archived(job, {"vcf": "version-1"})
    if state is ResultState.RESTORING:
        job = states.restoring(job, due=int(world.clock()) + 60)
    assert job.result_state is state

    world.remove(None)

    assert world.left("ada") == set()
    assert list(world.jobs.all_of_user("ada")) == []
    assert not states.is_any_restoring("ada")
    with pytest.raises(StateChanged):
        states.available(job)


def test_should_delete_what_is_uploaded_after_the_account_is_erased(world: World) -> None:
    world.complete(world.submit("job-1"))
    world.remove(None)
    assert world.jobs.get_even_removed("job-1") is None

    late = input_key("ada", "late", "x.vcf")
    for _ in range(2):
        world.files.s3.put_object(Bucket=world.files.inputs, Key=late, Body=b"x")
        (message,) = world.follow_up()
        assert message.sweep_until is not None
        assert world.left("ada") == set()

    world.clock.advance(UPLOAD_SECONDS)
    world.follow_up()
    assert world.again.sent == []
