"""Lists of jobs, on a real table with its indexes."""

from typing import TYPE_CHECKING

import pytest

from runtime.common.job import JobState
from runtime.common.jobs import Wanted
from runtime.common.jobs.result_states import ResultStates
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.common.jobs.steps import LEASE, complete

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def test_should_page_newest_first_and_only_the_users_own(store: JobStore, clock: Clock) -> None:
    for number in range(5):
        store.submit(f"ada-{number}")
        store.submit(f"bob-{number}", user_id="bob")
        clock.advance(1)
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = store.list_for_user("ada", limit=2, cursor=cursor)
        seen += [job.job_id for job in page.jobs]
        cursor = page.cursor
    assert seen == [f"ada-{number}" for number in (4, 3, 2, 1, 0)]
    assert cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "-", "1-", "-job", "1.5-job", "{}"])
def test_should_refuse_the_cursor_when_it_is_made_up(store: JobStore, cursor: str) -> None:
    with pytest.raises(ValueError, match="no such page"):
        store.list_for_user("ada", cursor=cursor)


def test_should_reach_the_end_once_when_the_last_page_is_full(
    store: JobStore, clock: Clock
) -> None:
    for number in range(4):
        store.submit(f"ada-{number}")
        clock.advance(1)
    first = store.list_for_user("ada", limit=2)
    second = store.list_for_user("ada", limit=2, cursor=first.cursor)
    assert [job.job_id for job in first.jobs + second.jobs] == ["ada-3", "ada-2", "ada-1", "ada-0"]
    assert second.cursor is None


def test_should_lead_back_to_the_pages_before_when_asked_for_newer_jobs(
    store: JobStore, clock: Clock
) -> None:
    for number in range(5):
        store.submit(f"ada-{number}")
        store.submit(f"bob-{number}", user_id="bob")
        clock.advance(1)
    first = store.list_for_user("ada", limit=2)
    second = store.list_for_user("ada", limit=2, cursor=first.cursor)
    third = store.list_for_user("ada", limit=2, cursor=second.cursor)
    assert (first.newer_cursor, third.cursor) == (None, None)
    back = store.list_for_user("ada", limit=2, cursor=third.newer_cursor, newer=True)
    assert back == second
    start = store.list_for_user("ada", limit=2, cursor=back.newer_cursor, newer=True)
    assert (start.jobs, start.has_newer) == (first.jobs, False)


def test_should_find_jobs_by_their_reference(store: JobStore, annotations_table: "Table") -> None:
    store.submit("a", reference="grch38")
    store.submit("b", reference="rcrs")
    store.submit("old", reference="rcrs")
    annotations_table.update_item(
        Key={"job_id": "old"},
        UpdateExpression="REMOVE #r",
        ExpressionAttributeNames={"#r": "reference"},
    )

    def found(wanted: Wanted) -> set[str]:
        return {job.job_id for job in store.list_for_user("ada", wanted=wanted).jobs}

    assert found(Wanted(reference="grch38")) == {"a"}
    assert found(Wanted(reference="rcrs")) == {"b", "old"}
    assert found(Wanted(text="GRCh")) == {"a"}


def test_should_fill_the_page_when_what_is_wanted_lies_far_apart(
    store: JobStore, clock: Clock
) -> None:
    for number in range(60):
        store.submit(f"job-{number:02d}", name="rare.vcf" if number % 20 == 0 else "x.vcf")
        clock.advance(1)
    first = store.list_for_user("ada", limit=2, wanted=Wanted(text="RARE"))
    assert [job.job_id for job in first.jobs] == ["job-40", "job-20"]
    second = store.list_for_user("ada", limit=2, wanted=Wanted(text="RARE"), cursor=first.cursor)
    assert ([job.job_id for job in second.jobs], second.cursor) == (["job-00"], None)


@pytest.mark.parametrize(
    ("state", "text", "found"),
    [
        (None, "", set("abcdefg")),
        (JobState.PENDING, "", {"b", "c"}),
        (JobState.RUNNING, "", {"d"}),
        (JobState.COMPLETED, "", {"a"}),
        (JobState.ARCHIVED, "", {"g"}),
        (JobState.RESTORING, "", set()),
        (JobState.FAILED, "", {"e"}),
        (JobState.CANCELLED, "", {"f"}),
        (None, "Tumour", {"a", "c"}),
        (None, "second BATCH", {"b"}),
        (JobState.PENDING, "tumour", {"c"}),
        (None, "nowhere", set()),
    ],
)
def test_should_list_what_is_wanted_when_filtered(
    store: JobStore, annotations_table: "Table", state: JobState | None, text: str, found: set[str]
) -> None:
    store.submit("a", name="TUMOUR-1.vcf")
    store.submit("b", name="normal.vcf", note="Second batch")
    store.submit("c", name="tumour-2.vcf.gz")
    for job_id in "defg":
        store.submit(job_id)
    complete(store, store.claim("a", lease_seconds=LEASE))
    store.claim("d", lease_seconds=LEASE)
    store.fail(store.claim("e", lease_seconds=LEASE), "Line 7: POS is empty.")
    store.cancel("f", "ada")
    done = complete(store, store.claim("g", lease_seconds=LEASE))
    ResultStates(annotations_table).archived(done, {"vcf": "version-1"})
    page = store.list_for_user("ada", wanted=Wanted(state=state, text=text))
    assert {job.job_id for job in page.jobs} == found
    assert {job.state for job in page.jobs} <= ({state} if state else set(JobState))
    assert page.cursor is None


def test_should_know_whose_input_is_shared_when_it_ran_again(store: JobStore) -> None:
    first = store.submit("first")
    again = store.submit("again", key=first.s3_key_input_file)
    other = store.submit("other")
    assert store.input_is_shared(first)
    assert store.input_is_shared(again)
    assert not store.input_is_shared(other)
    store.remove("again", "ada")
    assert not store.input_is_shared(first)


def test_should_yield_every_job_of_a_user_when_all_are_to_go(store: JobStore) -> None:
    for job_id in ("a", "b"):
        store.submit(job_id)
    store.submit("eve", user_id="eve")
    store.remove("a", "ada")
    assert {job.job_id for job in store.all_of_user("ada")} == {"a", "b"}
