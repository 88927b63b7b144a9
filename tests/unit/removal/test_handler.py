"""A removal's effect, on real tables and buckets; cut off, repeated, and in the way of others."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from runtime.common.delivery import HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import JobMissing
from runtime.common.jobs.result_states import ResultStates, StateChanged
from runtime.common.keys import input_key, result_keys
from runtime.common.mail import Email
from runtime.common.messages import Removal
from runtime.common.users import User, UserStore
from runtime.contract.s3 import UPLOAD_SECONDS
from runtime.removal.account_erasure import AccountErasure
from runtime.removal.handler import RemovalHandler
from runtime.removal.user_files import NotDeleted, UserFiles
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.delivery import delivery
from tests.unit.removal.again import Again

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

LEASE = 60
SITE = "https://gas.example.org"


@dataclass(frozen=True)
class World:
    """The handler, and what it deletes from."""

    handler: RemovalHandler
    jobs: JobStore
    files: UserFiles
    users: UserStore
    post: "Post"
    clock: Clock
    again: Again

    def submit(self, job_id: str, user_id: str = "ada", *, key: str = "") -> Job:
        """A job with its input; `key` is that of an input that is there already."""
        own = key or input_key(user_id, job_id, "x.vcf")
        self.files.s3.put_object(Bucket=self.files.inputs, Key=own, Body=b"input")
        return self.jobs.create(
            job_id=job_id,
            user_id=user_id,
            input_file_name="x.vcf",
            s3_inputs_bucket=self.files.inputs,
            s3_key_input_file=own,
            reference="rcrs",
        )

    def complete(self, job: Job) -> Job:
        """Give the job all files that a result has, one of them in the archive."""
        keys = result_keys(job.user_id, job.job_id, job.input_file_name)
        for key in vars(keys).values():
            for body in (b"before", b"now"):
                self.files.s3.put_object(Bucket=self.files.results, Key=key, Body=body)
        self.files.s3.put_object(Bucket=self.files.archive, Key=keys.vcf, Body=b"archived")
        claim = self.jobs.claim(job.job_id, lease_seconds=LEASE)
        return self.jobs.complete(claim, reference_version="1.0.0")

    def left(self, owner: str) -> set[str]:
        """Keys of all versions and markers of a user, in all buckets."""
        found = set()
        for bucket in (self.files.inputs, self.files.results, self.files.archive):
            answer = self.files.s3.list_object_versions(Bucket=bucket, Prefix=f"users/{owner}/")
            found |= {each["Key"] for each in answer.get("Versions", [])}
            found |= {each["Key"] for each in answer.get("DeleteMarkers", [])}
        return found

    def remove(self, job_id: str | None, user_id: str = "ada") -> None:
        """Handle a removal."""
        self.handler(Removal(user_id=user_id, job_id=job_id), delivery())

    def follow_up(self) -> list[Removal]:
        """Handle what the handler sent itself, all of it due; return what it was."""
        due, self.again.sent[:] = list(self.again.sent), []
        for message, delay in due:
            self.clock.advance(delay)
            self.handler(message, delivery())
        return [message for message, _ in due]


class Post:
    """Stands in for the mailer, so that a test can have SES refuse an email."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Email]] = []
        self.refusal = ""

    def send(self, *, to: str, email: Email) -> None:
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": "no"}}, "SendEmail")
        self.sent.append((to, email))


def buckets(s3: "S3Client") -> UserFiles:
    names = {kind: f"{kind}-{uuid.uuid4().hex}" for kind in ("inputs", "results", "archive")}
    for kind, name in names.items():
        s3.create_bucket(Bucket=name)
        if kind != "inputs":
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return UserFiles(s3=s3, **names)


@pytest.fixture
def world(emulator: Emulator, annotations_table: "Table", users_table: "Table") -> World:
    clock = Clock()
    jobs = JobStore(annotations_table, clock)
    files = buckets(emulator.session.client("s3", endpoint_url=emulator.endpoint_url))
    post = Post()
    erasure = AccountErasure(UserStore(users_table, clock), post, SITE)  # type: ignore[arg-type]
    again = Again()
    handler = RemovalHandler(
        jobs=jobs,
        files=files,
        removals=again,  # type: ignore[arg-type]
        erasure=erasure,
        clock=clock,
    )
    return World(handler, jobs, files, erasure.users, post, clock, again)


def old(world: World) -> None:
    """Let every upload be over that was opened up to now."""
    world.clock.advance(UPLOAD_SECONDS)


def test_should_leave_nothing_of_a_job_when_it_is_removed(world: World) -> None:
    world.complete(world.submit("job-1"))
    kept = world.complete(world.submit("job-2"))
    world.complete(world.submit("job-3", "eve"))
    of_others = world.left("eve") | {key for key in world.left("ada") if "job-2" in key}
    old(world)

    world.jobs.remove("job-1", "ada")
    world.remove("job-1")

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
    assert world.jobs.get_even_removed("job-1") is None
    assert world.left("ada") == set()


@pytest.fixture
def ada(world: World) -> User:
    return world.users.create(email="ada@example.org", name="Ada <3", password="correct horse")


def test_should_erase_the_user_and_send_a_receipt_when_the_account_is_removed(
    world: World, ada: User
) -> None:
    world.complete(world.submit("job-1", ada.user_id))
    world.users.mark_deleted(ada.user_id)

    world.remove(None, ada.user_id)

    assert world.left(ada.user_id) == set()
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
