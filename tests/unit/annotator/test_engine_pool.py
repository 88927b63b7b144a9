"""Several engines at once: as many as the machine has room for, each kept in order, all ended."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import polars as pl
import psutil
import pytest

from runtime.annotator import machine
from runtime.annotator.batches import SITES
from runtime.annotator.engine import Run
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.errors import TimeLimitReached
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.vep_runs import LEAST_SITES, MOST_SITES, MOST_TRANSCRIPTS, runs_of

GIB = 1024**3


@pytest.fixture
def pool() -> Iterator[EnginePool]:
    with EnginePool(2) as running:
        yield running


@pytest.fixture
def endless(tmp_path: Path) -> str:
    """A file that never comes to its end: a command that reads it waits."""
    path = tmp_path / "endless.vcf"
    os.mkfifo(path)
    return str(path)


def run_with(
    pool: EnginePool, folder: Path, threads: ThreadPoolExecutor, seconds: float = 60
) -> Run:
    return Run(pool, folder, threads, Limits(), Deadline(seconds), lambda: None)


def descendants() -> set[int]:
    return {each.pid for each in psutil.Process().children(recursive=True)}


def test_should_run_two_commands_at_once_when_there_are_two_engines(
    pool: EnginePool, tmp_path: Path
) -> None:
    both = threading.Barrier(2, timeout=60)
    pipes = [tmp_path / f"{number}.vcf" for number in range(2)]
    for pipe in pipes:
        os.mkfifo(pipe)

    def feed(pipe: Path) -> None:
        # A pipe opens for writing when its reader has opened it: each waits for the other's.
        with pipe.open("w") as file:
            both.wait()
            file.write("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")

    with ThreadPoolExecutor(4) as threads:
        run = run_with(pool, tmp_path, threads)
        fed = [threads.submit(feed, pipe) for pipe in pipes]
        run.at_once([partial(run.command, "view", "-o", f"{at}.out", str(at)) for at in pipes])

    assert all(each.exception() is None for each in fed)


def test_should_end_every_engine_when_the_time_is_over(
    pool: EnginePool, tmp_path: Path, endless: str
) -> None:
    before = descendants()
    with ThreadPoolExecutor(2) as threads:
        run = run_with(pool, tmp_path, threads, seconds=1)

        with pytest.raises(TimeLimitReached):
            run.at_once([lambda: run.command("view", "-o", "out.vcf", endless)] * 4)

    left = [psutil.Process(pid) for pid in descendants() - before]
    assert all(each.status() == psutil.STATUS_ZOMBIE for each in left)


def test_should_return_results_in_the_order_of_the_tasks_when_later_ones_end_first(
    pool: EnginePool, tmp_path: Path
) -> None:
    later = threading.Event()

    def first() -> int:
        assert later.wait(60)
        return 1

    def second() -> int:
        later.set()
        return 2

    with ThreadPoolExecutor(2) as threads:
        assert run_with(pool, tmp_path, threads).at_once([first, second]) == [1, 2]


@pytest.mark.parametrize(
    ("cores", "memory", "engines", "each"),
    [
        (2, 4 * GIB, 2, 1.5 * GIB),
        (2, 2 * GIB, 2, 0.5 * GIB),
        (2, GIB, 1, 0.5 * GIB),
        (4, 8 * GIB, 4, 1.75 * GIB),
        (16, 8 * GIB, 14, 0.5 * GIB),
        (2, 64 * GIB, 2, 2 * GIB),
    ],
)
def test_should_run_an_engine_for_each_core_as_far_as_memory_goes(
    monkeypatch: pytest.MonkeyPatch, cores: int, memory: int, engines: int, each: float
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: cores)
    monkeypatch.setattr(machine, "memory_bytes", lambda: memory)

    assert (EnginePool().size, Limits().engine_memory_bytes) == (engines, int(each))


def sites_of(places: list[tuple[int, int]]) -> pl.DataFrame:
    rows = [(site, contig, at, "A", "C") for site, (contig, at) in enumerate(places)]
    return pl.DataFrame(rows, schema=SITES, orient="row")


def transcripts_of(spans: list[tuple[int, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(spans, schema=["contig", "start", "end"], orient="row").cast(
        {"contig": pl.UInt32}
    )


@pytest.mark.parametrize("engines", [1, 4])
def test_should_keep_all_sites_in_order_when_they_are_parted(engines: int) -> None:
    sites = sites_of([(contig, at * 100) for contig in range(2) for at in range(1, 20_000)])

    parts = runs_of(sites, transcripts_of([(0, 500, 900)]), engines)

    assert pl.concat(parts).equals(sites)
    assert max(map(len, parts)) <= MOST_SITES
    assert len(parts) >= engines


def test_should_make_one_part_when_there_are_few_sites() -> None:
    sites = sites_of([(0, at) for at in range(1, LEAST_SITES)])

    assert len(runs_of(sites, transcripts_of([]), 8)) == 1


def test_should_bound_the_transcripts_of_a_part_when_many_lie_between_its_sites() -> None:
    spans = [(0, at * 1000, at * 1000 + 50_000) for at in range(4 * MOST_TRANSCRIPTS)]
    sites = sites_of([(0, at * 10_000) for at in range(1, 4 * MOST_TRANSCRIPTS // 10)])

    parts = runs_of(sites, transcripts_of(spans), 1)

    ends = [part["position"].to_list() for part in parts]
    near = [
        sum(start <= places[-1] and end >= places[0] for _, start, end in spans) for places in ends
    ]
    assert len(parts) == 4
    assert max(near) < 1.1 * MOST_TRANSCRIPTS


def test_should_count_a_transcript_once_when_many_sites_are_in_it() -> None:
    spans = [(0, 1, 10_000_000)] * 40
    sites = sites_of([(0, at * 100) for at in range(1, 1500)])

    assert len(runs_of(sites, transcripts_of(spans), 1)) == 1
