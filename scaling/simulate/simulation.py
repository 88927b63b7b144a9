"""Runs a load through a fleet and its scaling rules, minute by minute."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from scaling.alarms import AlarmState, evaluate_at, invokes_scaling
from scaling.deciding import Change, Firing, alarms_of, decide
from scaling.group_capacity import GroupCapacity
from scaling.rules import Alarm, FleetName, Policy, Preset
from scaling.simulate.fleet_metrics import MINUTE_S, FleetMetrics
from scaling.simulate.instance_prices import PRICES
from scaling.simulate.loads import Load, arrivals
from scaling.simulate.model import Model
from scaling.simulate.queueing import MeasuredQueue, Queue
from scaling.simulate.simulated_instances import SimulatedInstances
from scaling.simulate.simulation_result import (
    AlarmTrack,
    SimulatedActivity,
    SimulationResult,
    delays,
)

MAX_ARRIVALS = 10_000_000
"""These take about 400 MB and ten seconds."""


class TooMuchLoad(ValueError):
    """More arrivals than a simulation takes."""


@dataclass(kw_only=True)
class WatchedAlarm:
    """An alarm, the policy that it invokes, and what its evaluations found."""

    alarm: Alarm
    policy: Policy
    offset_s: int
    state: AlarmState = AlarmState.INSUFFICIENT_DATA
    value: float | None = None
    values: list[float | None] = field(default_factory=list)
    states: list[AlarmState] = field(default_factory=list)


def simulate(
    preset: Preset, load: Load, model: Model, *, seed: int = 1, stagger: bool = False
) -> SimulationResult:
    """Return what happens to a fleet under a load.

    All alarms are evaluated at the end of each minute, and the largest capacity wins. With
    `stagger` each alarm has its own second of the minute, as on AWS, and decides alone. The same
    arguments give the same result. Raises TooMuchLoad, and ValueError for an instance type without
    a price.
    """
    simulation = _Simulation(preset, load, model, seed=seed, stagger=stagger)
    simulation.run()
    return simulation.result()


class _Simulation:
    """The state of a run: the clock, the queue, the instances and the alarms."""

    def __init__(
        self, preset: Preset, load: Load, model: Model, *, seed: int, stagger: bool
    ) -> None:
        self._preset, self._load, self._model, self._seed = preset, load, model, seed
        self._minutes = load.duration_s // MINUTE_S
        self._queue = _queue(preset.fleet, load, model, np.random.default_rng(seed))
        self._metrics = FleetMetrics(preset.fleet, self._minutes)
        self._instances = SimulatedInstances(launch_s=model.launch_s, drain_s=model.drain_s)
        self._instances.start(model.initial)
        self._queue.add(model.initial * model.slots, at_s=0)
        self._desired = model.initial
        self._now_s = 0
        self._watches = _watches(preset, stagger=stagger)
        self._activities: list[SimulatedActivity] = []
        self._course: dict[str, list[int]] = {
            name: [] for name in ("ends_s", "arrivals", "desired", "in_service", "waiting")
        }

    def run(self) -> None:
        """Simulate all minutes, and the rest of the last one."""
        arrived_before = 0
        for start_s in range(0, self._minutes * MINUTE_S, MINUTE_S):
            end_s = start_s + MINUTE_S
            self._advance(end_s)
            arrived = int(np.searchsorted(self._queue.arrivals, end_s))
            waiting, serving = self._queue.waiting(end_s), self._instances.in_service(end_s)
            self._metrics.close_minute(
                start_s, arrived=arrived - arrived_before, waiting=waiting, in_service=serving
            )
            self._scale(end_s)
            self._note(end_s, arrived - arrived_before, self._desired, serving, waiting)
            arrived_before = arrived
        self._advance(max(self._now_s, self._load.duration_s))

    def _advance(self, until_s: int) -> None:
        """Serve until then; instances join when they come into service."""
        for time_s in self._instances.entering(self._now_s, until_s):
            self._serve(time_s)
            self._queue.add(self._model.slots, at_s=time_s)
        self._serve(until_s)
        self._now_s = until_s

    def _serve(self, until_s: float) -> None:
        block = self._queue.run_until(until_s)
        self._metrics.started(self._queue, block)

    def _scale(self, end_s: int) -> None:
        """Evaluate the alarms on the minutes up to `end_s`, and execute their policies."""
        for offset_s, watches in _by_offset(self._watches):
            now_s = end_s + offset_s
            self._advance(now_s)
            for watch in watches:
                watch.state, watch.value = evaluate_at(
                    watch.alarm, self._metrics.samples, now_s=end_s, state=watch.state
                )
                watch.states.append(watch.state)
                watch.values.append(watch.value)
            firings = [
                Firing(policy=watch.policy, alarm=watch.alarm, value=watch.value)
                for watch in watches
                if invokes_scaling(watch.state)
            ]
            change = decide(
                self._group(now_s),
                firings,
                policies=self._preset.policies,
            )
            if change:
                self._apply(change, now_s)

    def _group(self, now_s: int) -> GroupCapacity:
        return GroupCapacity(
            minimum=self._model.minimum,
            maximum=self._model.maximum,
            desired=self._desired,
            warming=self._instances.warming(now_s),
            terminating=self._instances.terminating(now_s),
        )

    def _apply(self, change: Change, now_s: int) -> None:
        number = change.capacity_to - change.capacity_from
        if number > 0:
            self._instances.launch(number, now_s=now_s, warmup_s=_warmup_s(self._preset))
        else:
            leaving = self._instances.terminate(-number, now_s=now_s)
            self._queue.remove(leaving * self._model.slots)
        self._desired = change.capacity_to
        self._activities.append(
            SimulatedActivity(
                time_s=now_s,
                capacity_from=change.capacity_from,
                capacity_to=change.capacity_to,
                cause=change.cause,
            )
        )

    def _note(self, *values: int) -> None:
        for course, value in zip(self._course.values(), values, strict=True):
            course.append(value)

    def result(self) -> SimulationResult:
        queue, end_s = self._queue, self._load.duration_s
        taken = queue.starts - queue.arrivals
        if self._preset.fleet is FleetName.WEB:
            taken += queue.services
        hours = self._instances.billed_hours(end_s)
        return SimulationResult(
            preset=self._preset,
            load=self._load,
            model=self._model,
            seed=self._seed,
            **self._course,
            tracks=[
                AlarmTrack(alarm=one.alarm, values=one.values, states=one.states)
                for one in self._watches
            ],
            delays=delays(queue.arrivals, taken, minutes=self._minutes),
            activities=self._activities,
            served=queue.started,
            unserved=len(queue.arrivals) - queue.started,
            instance_hours=hours,
            cost_usd=PRICES.usd(self._model.instance_type, hours),
        )


def _queue(fleet: FleetName, load: Load, model: Model, rng: np.random.Generator) -> Queue:
    """Return the queue of a load's arrivals.

    A measured latency is a response time of the web, and a job's time on an annotator.
    """
    total = load.rates.sum()
    if total > MAX_ARRIVALS:
        raise TooMuchLoad(
            f"{load.label} makes {total:,.0f} arrivals, and a simulation takes {MAX_ARRIVALS:,}: "
            "shorten it or lower the rate"
        )
    times = arrivals(load, rng)
    if load.latency_s is None:
        return Queue(times, model.services(len(times), rng), rng)
    taken = load.latency_s[np.minimum(times.astype(np.int64), load.duration_s - 1)]
    return (MeasuredQueue if fleet is FleetName.WEB else Queue)(times, taken, rng)


def _watches(preset: Preset, *, stagger: bool) -> list[WatchedAlarm]:
    pairs = [(alarm, policy) for policy in preset.policies for alarm in alarms_of(policy)]
    return [
        WatchedAlarm(
            alarm=alarm, policy=policy, offset_s=MINUTE_S * at // len(pairs) if stagger else 0
        )
        for at, (alarm, policy) in enumerate(pairs)
    ]


def _by_offset(watches: list[WatchedAlarm]) -> Iterator[tuple[int, list[WatchedAlarm]]]:
    """Yield the alarms that are evaluated together, with their second of the minute."""
    for offset_s, group in groupby(watches, key=lambda watch: watch.offset_s):
        yield offset_s, list(group)


def _warmup_s(preset: Preset) -> int:
    """Return the longest warm-up among the policies, in s."""
    return max(policy.warmup_s for policy in preset.policies)
