"""Health checks of a target group (ELB): which targets may get requests.

How checks are counted: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import httpx

from local.aws.account import Account

INITIAL_INTERVAL_SECONDS = 0.25
"""Until the first success. Somebody waits for it, so checks are more frequent than on AWS."""

LONGEST_INTERVAL_SECONDS = 2.0
"""AWS's default of 30 s would leave a hung instance in service for a minute."""


@dataclass(frozen=True)
class Target:
    """A process that answers HTTP on a port of this machine."""

    instance_id: str
    port: int


class TargetState(StrEnum):
    """The states of a target, as ELB names them."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class HealthRule:
    """A target group's health check."""

    path: str
    interval_seconds: float
    timeout_seconds: float
    healthy_threshold: int
    unhealthy_threshold: int

    @classmethod
    def of_target_group(cls, account: Account, arn: str) -> Self:
        """Read the health check of a deployed target group."""
        groups = account.client("elbv2").describe_target_groups(TargetGroupArns=[arn])
        group = groups["TargetGroups"][0]
        return cls(
            path=group["HealthCheckPath"],
            interval_seconds=min(group["HealthCheckIntervalSeconds"], LONGEST_INTERVAL_SECONDS),
            timeout_seconds=group["HealthCheckTimeoutSeconds"],
            healthy_threshold=group["HealthyThresholdCount"],
            unhealthy_threshold=group["UnhealthyThresholdCount"],
        )


@dataclass
class Health:
    """The result of the checks of one target."""

    state: TargetState = TargetState.INITIAL
    passed: int = 0
    failed: int = 0
    """Successes and failures in a row; one of the two is 0."""

    def count(self, rule: HealthRule, *, passed: bool) -> None:
        """Count one more check."""
        self.passed = self.passed + 1 if passed else 0
        self.failed = 0 if passed else self.failed + 1
        # A target in its initial state becomes healthy after one success.
        needed = 1 if self.state is TargetState.INITIAL else rule.healthy_threshold
        if self.passed >= needed:
            self.state = TargetState.HEALTHY
        elif self.state is TargetState.HEALTHY and self.failed >= rule.unhealthy_threshold:
            self.state = TargetState.UNHEALTHY


class HealthChecks:
    """Checks the targets, each at its own interval, as long as they exist.

    Args:
        rule: the health check.
        targets: returns the current targets.
    """

    def __init__(self, rule: HealthRule, targets: Callable[[], list[Target]]) -> None:
        self._rule = rule
        self.targets = targets
        self._health: dict[Target, Health] = {}

    def state(self, target: Target) -> TargetState:
        """The state of a target."""
        return self._health.get(target, Health()).state

    def in_state(self, state: TargetState) -> list[Target]:
        """The current targets in a state."""
        return [target for target in self.targets() if self.state(target) is state]

    async def run(self) -> None:
        """Check until cancelled."""
        # Each check opens a connection of its own, so that it finds out whether that is possible.
        limits = httpx.Limits(max_keepalive_connections=0)
        async with (
            httpx.AsyncClient(limits=limits, trust_env=False) as client,
            asyncio.TaskGroup() as group,
        ):
            while True:
                for target in self.targets():
                    if target not in self._health:
                        self._health[target] = Health()
                        group.create_task(self._watch(client, target))
                await asyncio.sleep(INITIAL_INTERVAL_SECONDS)

    async def _watch(self, client: httpx.AsyncClient, target: Target) -> None:
        health = self._health[target]
        while target in self.targets():
            health.count(self._rule, passed=await self._check(client, target))
            initial = health.state is TargetState.INITIAL
            await asyncio.sleep(
                INITIAL_INTERVAL_SECONDS if initial else self._rule.interval_seconds
            )
        del self._health[target]

    async def _check(self, client: httpx.AsyncClient, target: Target) -> bool:
        url = f"http://127.0.0.1:{target.port}{self._rule.path}"
        try:
            async with asyncio.timeout(self._rule.timeout_seconds):
                answer = await client.get(url, timeout=None)
        except (httpx.HTTPError, TimeoutError):
            return False
        return answer.status_code == 200
