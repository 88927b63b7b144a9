"""`./gas bench plans`: the comparison that it makes, what it waits for, and a sleeping process."""

import random
from typing import TYPE_CHECKING

import psutil
import pytest

from bench.plans import PlansResult, rows
from bench.plans_processes import Running, sleeping_bytes
from bench.plans_watch import PAGE, Watch
from bench.report import Machine, now
from local.progress import Step
from runtime.common.job import ResultState
from tests.emulator import Emulator

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MIB = 2**20


@pytest.mark.parametrize(
    ("before", "pending", "sleeper", "growth", "sleepers"),
    [(90, 91, 40, "1 MiB", "400,000 MiB"), (90, 90, 0.5, "0 MiB", "5,000 MiB")],
)
def test_should_compare_the_growth_of_one_process_with_a_process_for_each_pending_archive(
    before: int, pending: int, sleeper: float, growth: str, sleepers: str
) -> None:
    result = PlansResult(
        measured_at=now(),
        machine=Machine.this(),
        jobs=200,
        ceiling_jobs=150,
        archives=1,
        archives_ceiling=1,
        restores=1,
        restores_ceiling=1,
        pending=10_000,
        pending_messages=10_000,
        archive_bytes_before=before * MIB,
        archive_bytes_pending=pending * MIB,
        sleepers=50,
        sleeper_bytes=sleeper * MIB,
    )

    values = [row.value for row in rows(result)]

    assert values[-3::2] == [growth, sleepers]


def test_should_measure_what_a_sleeping_process_has_of_its_own() -> None:
    like = Running(psutil.Process(), ["-m", "runtime.retention", "archive"])
    own = sleeping_bytes(like, 2)
    assert 5 * MIB < own < 200 * MIB
    assert "time.sleep(1800)" not in str([p.cmdline() for p in psutil.Process().children()])


def test_should_count_what_is_left_in_any_order_and_read_each_about_once(
    emulator: Emulator, annotations_table: "Table"
) -> None:
    table = annotations_table
    ids = [f"job-{number}" for number in range(2 * PAGE + 30)]
    dynamodb = emulator.session.resource("dynamodb", endpoint_url=emulator.endpoint_url)
    reads: list[None] = []
    dynamodb.meta.client.meta.events.register(
        "before-call.dynamodb.BatchGetItem", lambda **_: reads.append(None)
    )

    def put(job_ids: list[str], state: ResultState) -> None:
        with table.batch_writer() as batch:
            for job_id in job_ids:
                batch.put_item(Item={"job_id": job_id, "result_state": state.value})

    put(ids, ResultState.ARCHIVED)
    watch = Watch(dynamodb, table.name, ids)
    assert watch.count_left(ResultState.AVAILABLE) == len(ids)
    back = ids[:PAGE] + random.Random(1).sample(ids[PAGE:], 40)
    put(back, ResultState.AVAILABLE)
    assert len(ids) - len(back) <= watch.count_left(ResultState.AVAILABLE) <= len(ids) - PAGE
    assert len(reads) == 3
    put(ids, ResultState.AVAILABLE)
    step = Step("Restore")
    watch.wait(ResultState.AVAILABLE, step)
    assert step.detail == "230 of 230"
