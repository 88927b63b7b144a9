"""The queue against theory, and against what must hold of any queue."""

import math

import numpy as np
import pytest

from scaling.simulate.loads import arrivals, constant
from scaling.simulate.queueing import MeasuredQueue, Queue

SERVICE_S = 1.0


def erlang_c(servers: int, load: float) -> float:
    """Return the probability of having to wait in M/M/c; `load` is arrivals x service time."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return servers * blocked / (servers - load * (1 - blocked))


def served(servers: int, utilisation: float, duration_s: int) -> Queue:
    rng = np.random.default_rng(7)
    load = constant(rate=utilisation * servers / SERVICE_S, duration_s=duration_s)
    times = arrivals(load, rng)
    queue = Queue(times, rng.exponential(SERVICE_S, len(times)), rng)
    queue.add(servers, at_s=0)
    queue.run_until(math.inf)
    return queue


@pytest.mark.parametrize(
    ("servers", "utilisation"), [(1, 0.5), (1, 0.7), (2, 0.7), (4, 0.8), (10, 0.8), (20, 0.9)]
)
def test_should_agree_with_theory_within_2_percent_when_the_queue_is_m_m_c(
    servers: int, utilisation: float
) -> None:
    queue = served(servers, utilisation, duration_s=1_200_000 // servers)
    waits = queue.starts - queue.arrivals
    free = servers / SERVICE_S - utilisation * servers / SERVICE_S
    probability = erlang_c(servers, utilisation * servers)
    assert np.mean(waits > 0) == pytest.approx(probability, rel=0.02)
    assert np.mean(waits) == pytest.approx(probability / free, rel=0.02)
    assert np.mean(waits[waits > 0]) == pytest.approx(1 / free, rel=0.02)


def queue_of(times: list[float], services: list[float], *, seed: int = 1) -> Queue:
    return Queue(np.array(times), np.array(services), np.random.default_rng(seed))


def test_should_start_in_order_of_arrival_when_slots_are_scarce() -> None:
    queue = queue_of([0, 0.5, 1], [2, 2, 2])
    queue.add(1, at_s=0)
    assert queue.run_until(3) == slice(0, 2)
    assert queue.waiting(3) == 1
    assert queue.run_until(10) == slice(2, 3)
    assert queue.starts.tolist() == [0, 2, 4]


def test_should_take_waiting_jobs_when_a_slot_joins() -> None:
    queue = queue_of([0, 0, 0], [10, 10, 10])
    queue.add(1, at_s=0)
    queue.run_until(5)
    queue.add(1, at_s=5)
    queue.run_until(100)
    assert queue.starts.tolist() == [0, 5, 10]


def test_should_finish_what_was_begun_when_slots_leave() -> None:
    queue = queue_of([0, 0, 1], [10, 10, 10])
    queue.add(2, at_s=0)
    queue.run_until(1)
    queue.remove(1)
    queue.run_until(100)
    assert queue.starts.tolist() == [0, 0, 10]


@pytest.mark.parametrize("seed", range(5))
def test_should_still_take_the_slot_that_is_free_first_when_slots_left(seed: int) -> None:
    queue = queue_of([0] * 32, [1 + (number * 7) % 16 for number in range(32)], seed=seed)
    queue.add(16, at_s=0)
    queue.run_until(0.5)
    queue.remove(8)
    queue.run_until(1000)
    assert np.all(np.diff(queue.starts) >= 0)


def test_should_serve_nothing_when_there_are_no_slots() -> None:
    queue = queue_of([0, 1], [1, 1])
    queue.run_until(10)
    assert queue.waiting(10) == 2
    assert np.isnan(queue.starts).all()


def test_should_not_wait_when_response_times_were_measured() -> None:
    queue = MeasuredQueue(np.array([0.0, 0.0, 5.0]), np.full(3, 9.0), np.random.default_rng(1))
    queue.run_until(1)
    assert queue.started == 2
    assert queue.starts[:2].tolist() == [0, 0]
