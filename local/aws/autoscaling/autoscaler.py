"""Each minute: publish metrics, read alarms and policies back, evaluate them, scale the groups."""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.account import Account
from local.aws.autoscaling.activities import Activities, Activity
from local.aws.autoscaling.capacity import InService, group_of
from local.aws.autoscaling.clock import MINUTE_S, Clock
from local.aws.autoscaling.datapoints import publish, read
from local.aws.autoscaling.deployed_rules import Rule, read_rules
from local.aws.autoscaling.sources import Sources
from local.aws.ec2.auto_scaling_groups import read_capacities
from local.aws.ec2.group_instances import GroupInstances
from local.errors import LocalError
from scaling.alarms import AlarmState, evaluate_at, evaluation_range, invokes_scaling
from scaling.deciding import Change, Firing, decide

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.1
"""How often the clock and the set of instances in service are read."""


@dataclass(frozen=True)
class EvaluatedRule:
    """A rule after its evaluation; `value` is the newest datapoint, None if there is none."""

    rule: Rule
    state: AlarmState
    value: float | None


class Autoscaler:
    """Scales the groups by the deployed rules.

    Args:
        account: where rules and groups are.
        sources: the figures that CloudWatch gets.
        in_service: returns the ids of the instances in service.
        activities: where activities are stored.
        clock: the time of alarms and warm-ups.
    """

    def __init__(
        self,
        *,
        account: Account,
        sources: Sources,
        in_service: Callable[[], Collection[str]],
        activities: Activities,
        clock: Clock,
    ) -> None:
        self.activities = activities
        self.clock = clock
        self.evaluated: tuple[EvaluatedRule, ...] = ()
        self.problem = ""
        """Why the last minute failed; empty when it didn't."""
        self._account = account
        self._sources = sources
        self._in_service = in_service
        self._serving = InService()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="autoscaler", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Scale from now on; discard what was counted before."""
        self._sources.traffic.take()
        self._serving.observe(self._in_service(), self.clock.now_s())
        self._thread.start()

    def stop(self) -> None:
        """Stop scaling."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def minute(self, now: int) -> None:
        """Do the work of the minute that ended when minute `now` began."""
        publish(self._account, self.clock, now - 1, self._sources.minute(self._serving))
        self.evaluated = tuple(self._evaluate(rule, now) for rule in read_rules(self._account))
        for members in self._sources.instances.groups:
            self._scale(members)

    def _run(self) -> None:
        running = self.clock.minute()
        while not self._stopped.wait(INTERVAL_SECONDS):
            self._serving.observe(self._in_service(), self.clock.now_s())
            now = self.clock.minute()
            if now == running:
                continue
            running = now
            try:
                self.minute(now)
                self.problem = ""
            except (ClientError, BotoCoreError, LocalError, KeyError, ValueError) as error:
                self.problem = f"Scaling: {error}"
                log.exception("the groups could not be scaled; trying again in the next minute")

    def _evaluate(self, rule: Rule, now: int) -> EvaluatedRule:
        alarm = rule.alarm
        samples = {
            metric.name: read(
                self._account,
                self.clock,
                metric,
                rule.dimensions[metric.name],
                end_minute=now,
                minutes=evaluation_range(alarm) * alarm.period_s // MINUTE_S,
            )
            for metric in rule.metrics
        }
        before = rule.state or self._state_before(alarm.name)
        state, value = evaluate_at(alarm, samples, now_s=now * MINUTE_S, state=before)
        evaluated = EvaluatedRule(rule, state, value)
        if state is not before:
            if rule.state:
                self._account.client("cloudwatch").set_alarm_state(
                    AlarmName=alarm.name, StateValue=state.value, StateReason=_reason(evaluated)
                )
            log.info("alarm %s: %s, %s", rule.title, state, _reason(evaluated))
        return evaluated

    def _state_before(self, alarm_name: str) -> AlarmState:
        """The last state of an alarm that the emulator doesn't have."""
        known = [each.state for each in self.evaluated if each.rule.alarm.name == alarm_name]
        return known[0] if known else AlarmState.INSUFFICIENT_DATA

    def _scale(self, members: GroupInstances) -> None:
        evaluated = [each for each in self.evaluated if each.rule.group_name == members.group.name]
        if not evaluated:
            return
        now_s = self.clock.now_s()
        warmup_s = max(each.rule.policy.warmup_s for each in evaluated)
        capacity = read_capacities(self._account)[members.group.name]
        change = decide(
            group_of(members, capacity, self._serving.warm(now_s, warmup_s)),
            [
                Firing(policy=each.rule.policy, alarm=each.rule.alarm, value=each.value)
                for each in evaluated
                if invokes_scaling(each.state)
            ],
            policies=[each.rule.policy for each in evaluated],
        )
        if change:
            self._apply(members, change)

    def _apply(self, members: GroupInstances, change: Change) -> None:
        self._account.client("autoscaling").set_desired_capacity(
            AutoScalingGroupName=members.group.name, DesiredCapacity=change.capacity_to
        )
        activity = Activity(
            time=datetime.now(UTC),
            group=members.group.label,
            capacity_from=change.capacity_from,
            capacity_to=change.capacity_to,
            cause=change.cause,
        )
        self.activities.add(activity)
        log.info(
            "%s: from %d to %d, %s",
            members.group.label,
            change.capacity_from,
            change.capacity_to,
            change.cause,
        )


def _reason(evaluated: EvaluatedRule) -> str:
    found = "no datapoint"
    if evaluated.value is not None:
        found = f"the newest datapoint is {evaluated.value:g}"
    return f"{found}; the condition is {evaluated.rule.alarm.condition}"
