"""Fleets under load: the rules in time, and the findings of docs/scaling.md."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from scaling.alarms import AlarmState
from scaling.policies import PRESETS, WARMUP_S, preset
from scaling.rules import FleetName, Preset
from scaling.simulate import figures
from scaling.simulate.loads import Load, constant, day, rhythm
from scaling.simulate.model import MODELS
from scaling.simulate.simulation import TooMuchLoad, simulate
from scaling.simulate.simulation_result import SimulationResult

WEB, ANNOTATOR = MODELS[FleetName.WEB], MODELS[FleetName.ANNOTATOR]


def even(*rates: tuple[float, int], latency_s: float | None = None) -> Load:
    """Return stretches of (rate per second, seconds), evenly spaced."""
    course = np.concatenate([np.full(seconds, float(rate)) for rate, seconds in rates])
    latency = None if latency_s is None else np.full(len(course), latency_s)
    return Load(label="even", rates=course, even=True, latency_s=latency)


def capacities(result: SimulationResult) -> list[tuple[int, int]]:
    return [(one.time_s, one.capacity_to) for one in result.activities]


def web(load: Load, name: str = "original") -> SimulationResult:
    return simulate(preset(FleetName.WEB, name), load, WEB)


def annotator(load: Load, name: str = "original") -> SimulationResult:
    return simulate(preset(FleetName.ANNOTATOR, name), load, ANNOTATOR)


def test_should_add_an_instance_each_third_minute_when_requests_breach() -> None:
    """Launch and warm-up take 152 s, and the alarm acts at each full minute."""
    result = web(even((5, 900), latency_s=0.02))
    assert capacities(result) == [(60, 3), (240, 4), (420, 5), (600, 6), (780, 7)]
    assert result.activities[0].cause == (
        "alarm High-Sum-HTTP-2XXs in ALARM at 300: Sum of HTTPCode_Target_2XX_Count > 200 over 60 s"
    )


def test_should_do_nothing_when_the_sum_is_at_the_threshold() -> None:
    assert web(even((200 / 60, 900), latency_s=0.02)).activities == []


@pytest.mark.parametrize(("latency_s", "expected"), [(0.5, []), (0.51, [(60, 3), (240, 4)])])
def test_should_add_instances_when_latency_is_high(
    latency_s: float, expected: list[tuple[int, int]]
) -> None:
    assert capacities(web(even((1, 300), latency_s=latency_s))) == expected


def test_should_remove_one_a_minute_down_to_the_minimum_when_warm() -> None:
    """The last launch, at 420 s, holds scale-in until 572 s."""
    result = web(even((5, 420), (1, 600), latency_s=0.005))
    assert capacities(result)[3:] == [(600, 4), (660, 3), (720, 2)]


def test_should_not_scale_in_when_there_is_no_traffic_at_all() -> None:
    """No requests, no datapoints: the alarms lack data, and the group stays as large as it is."""
    result = web(even((5, 420), (0, 1800), latency_s=0.02))
    assert result.desired[-1] == 5
    assert {track.states[-1] for track in result.tracks} == {AlarmState.INSUFFICIENT_DATA}


def test_should_never_leave_the_limits_when_load_goes_on() -> None:
    result = web(even((50, 3600)))
    assert (min(result.desired), max(result.desired)) == (3, 10)


def test_should_scale_the_annotator_out_when_more_than_10_are_sent_in_5_minutes() -> None:
    assert capacities(annotator(even((10 / 300, 900)))) == []
    assert capacities(annotator(even((0.1, 360)))) == [(120, 3), (300, 4)]


def test_should_scale_the_annotator_in_when_fewer_than_5_are_sent_in_2_minutes() -> None:
    result = annotator(even((0.1, 360), (0, 900)))
    assert [after for _, after in capacities(result)][-3:] == [4, 3, 2]


def test_should_stay_at_10_sent_when_the_rhythm_is_the_originals() -> None:
    """Ten jobs and a pause never make eleven in five minutes: the rule doesn't fire."""
    result = annotator(rhythm(every_s=25, burst=10, pause_s=120, duration_s=7200))
    assert max(value or 0 for value in result.tracks[0].values) == 10
    assert result.activities == []
    longer = annotator(rhythm(every_s=25, burst=20, pause_s=120, duration_s=7200))
    assert longer.activities != []


def test_should_report_what_was_measured_when_a_trace_of_the_web_has_latencies() -> None:
    """Fifteen requests at once are more than the group has slots: the model would add waits."""
    assert web(even((5, 300), latency_s=3)).delays.overall == pytest.approx([3, 3, 3])


def test_should_take_the_measured_time_when_a_trace_of_the_annotator_has_latencies() -> None:
    """Three jobs of 60 s come each minute, and two instances do two."""
    result = annotator(even((0.05, 300), latency_s=60))
    assert result.waiting[-1] > 0
    assert result.delays.overall[0] > 0


def test_should_be_the_same_when_the_seed_is_the_same() -> None:
    load = constant(rate=3.3, duration_s=1800)
    one, same = web(load), web(load)
    other = simulate(preset(FleetName.WEB), load, WEB, seed=2)
    assert one.activities == same.activities
    assert one.waiting == same.waiting
    assert one.arrivals == same.arrivals != other.arrivals


@pytest.mark.parametrize(
    "rules",
    [one for presets in PRESETS.values() for one in presets.values()],
    ids=lambda rules: f"{rules.fleet}-{rules.name}",
)
def test_should_hold_invariants_when_a_day_is_simulated(rules: Preset) -> None:
    rate = 8.0 if rules.fleet is FleetName.WEB else 0.4
    model = MODELS[rules.fleet]
    result = simulate(rules, day(rate=rate, peak=1.9 * rate, duration_s=43_200), model)
    changes = [(one.capacity_from, one.capacity_to) for one in result.activities]
    assert result.served + result.unserved == sum(result.arrivals)
    assert all(before[1] == after[0] for before, after in pairwise(changes))
    assert all(model.minimum <= size <= model.maximum for size in result.desired)
    assert 24 <= result.instance_hours <= 120
    outs = [one.time_s for one in result.activities if one.is_out]
    assert all(
        one.time_s >= out + model.launch_s + WARMUP_S
        for out in outs
        for one in result.activities
        if not one.is_out and one.time_s > out
    )


def test_should_flap_when_scaling_in_on_latency_and_out_on_requests() -> None:
    result = figures.web_flaps()
    assert result.flaps > 30
    assert {one.capacity_to for one in result.activities} == {2, 3}


def test_should_not_flap_when_capacity_follows_requests_per_target() -> None:
    flapping = figures.web_flaps()
    mended = simulate(preset(FleetName.WEB, "request-count-per-target"), flapping.load, WEB)
    assert mended.flaps == 0
    assert mended.instance_hours < flapping.instance_hours


def test_should_let_the_queue_grow_when_only_arrivals_count() -> None:
    """With jobs of three minutes the same arrivals need six instances; the rule can't know."""
    result = figures.annotator_backlog()
    assert result.waiting[-1] > 100
    assert result.desired.count(result.model.maximum) == 0
    for name in ("backlog-per-instance", "arrivals-plus-backlog"):
        mended = simulate(preset(FleetName.ANNOTATOR, name), result.load, result.model)
        assert max(mended.waiting) < result.waiting[-1] / 2, name


def test_should_work_off_a_burst_when_arrivals_and_backlog_count() -> None:
    load = even((0.1, 600), (2, 600), (0.1, 2400))
    original, mended = annotator(load), annotator(load, "arrivals-plus-backlog")
    assert mended.delays.overall[1] < original.delays.overall[1]
    assert mended.desired[-1] < max(mended.desired)


def test_should_be_refused_when_there_are_too_many_arrivals() -> None:
    with pytest.raises(TooMuchLoad, match=r"172,800,000 arrivals"):
        simulate(preset(FleetName.WEB), constant(rate=2000, duration_s=86_400), WEB)


def test_should_know_the_price_when_cost_is_told() -> None:
    result = web(even((1, 3600), latency_s=0.1))
    assert result.instance_hours == 2
    assert result.cost_usd == pytest.approx(0.0416)
    with pytest.raises(ValueError, match=r"no price is known of instance type 'x9\.huge'"):
        simulate(preset(FleetName.WEB), even((1, 60)), replace(WEB, instance_type="x9.huge"))
