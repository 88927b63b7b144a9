"""The figures of `./gas bench plans` as a person reads them, what it waits for, and a sleeper."""

import random
import uuid
from datetime import UTC, datetime

import psutil

from bench.plans import PlansResult, rows
from bench.plans_processes import Running, sleeping_bytes
from bench.plans_watch import PAGE, Watch
from bench.report import Machine
from local.progress import Step
from runtime.common.job import ResultState
from tests.emulator import Emulator, create_annotations_table

MIB = 2**20


def test_should_set_the_design_beside_sleeping_processes_when_it_is_a_table() -> None:
    result = PlansResult(
        measured_at=datetime(2026, 11, 22, tzinfo=UTC),
        machine=Machine(cores=2, memory_bytes=1, system="x", python="3"),
        jobs=200,
        ceiling_jobs=150,
        archives=1_234.5,
        archives_ceiling=2_000,
        restores=500,
        restores_ceiling=600,
        pending=10_000,
        pending_messages=10_000,
        archive_bytes_before=90 * MIB,
        archive_bytes_pending=91 * MIB,
        sleepers=50,
        sleeper_bytes=40 * MIB,
    )
    values = {row.what.strip(): row.value for row in rows(result)}
    assert values["archives a minute, one utilities instance"] == "1,234"
    assert values["the emulator's ceiling: 4, 150 results"] == "600"
    assert values["with 10,000 pending archives, more"] == "1 MiB"
    assert values["one sleeping process a job (of 50)"] == "40 MiB"
    assert values["10,000 of them"] == "400,000 MiB"


def test_should_measure_what_a_sleeping_process_has_of_its_own() -> None:
    like = Running(psutil.Process(), ["-m", "runtime.retention", "archive"])
    own = sleeping_bytes(like, 2)
    assert 5 * MIB < own < 200 * MIB
    assert "time.sleep(1800)" not in str([p.cmdline() for p in psutil.Process().children()])


def test_should_count_what_is_left_in_any_order_and_read_each_about_once(
    emulator: Emulator,
) -> None:
    table = create_annotations_table(emulator, f"annotations-{uuid.uuid4().hex}")
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
