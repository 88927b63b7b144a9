"""What an idle stage uses in a month, and what a thousand jobs add."""

from dataclasses import dataclass

from runtime.contract.cloudwatch import CUSTOM_METRICS, STORAGE_TYPES
from runtime.contract.site import HEALTH_EVERY_SECONDS, HEALTH_INTERVAL_SECONDS
from runtime.contract.sqs import LONG_POLL_SECONDS
from scaling.policies import preset
from scaling.rules import FleetName, StepPolicy
from scaling.simulate.instance_prices import PRICES as INSTANCES
from stacks.costs import prices
from stacks.costs.prices import HOURS, Price
from stacks.firewall import MANAGED_RULES
from stacks.settings import Stage

DETAILED_METRICS = 7
"""Metrics that detailed monitoring bills for each instance.
https://aws.amazon.com/cloudwatch/pricing/"""

ALARM_METRICS = 26
"""Metrics that the alarms for people look at, all together."""

TRACKING_ALARMS = 2
"""Alarms that Auto Scaling makes for a target tracking policy: to add instances, and to remove.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html"""

SECRETS = 3

OWN_METRICS = sum(max(1, len(metric.values)) for metric in CUSTOM_METRICS)
"""CloudWatch bills one metric for each value of a dimension."""

IDLE_CONNECTIONS = 1.0
"""New connections per second of whoever scans the internet; nobody's site has none."""

CONNECTIONS_PER_UNIT = 25
"""New connections per second that a load balancer capacity unit has.
https://aws.amazon.com/elasticloadbalancing/pricing/"""

FLOW_RECORD_BYTES = 120
"""Of a flow log's default format, as text."""

FLOW_RECORDS = 4
"""Of one connection: both directions, at the load balancer and at the instance."""

POLLS_A_MONTH = HOURS * 3600 / LONG_POLL_SECONDS
"""A process asks an empty queue again after a long poll."""

BUCKETS = 3

STORAGE_READS = HOURS * BUCKETS * (len(STORAGE_TYPES) + 1)
"""S3's metrics that the janitor reads: bytes by class and objects, of each bucket."""

COUNTED_UNITS = HOURS * 60 * 2
"""The janitor writes the item of a day once a minute; of an idle day it has up to 2 KB."""


@dataclass(frozen=True)
class Item:
    """One line of the bill."""

    what: str
    amount: float
    price: Price

    @property
    def usd(self) -> float:
        """The costs of the line."""
        return self.amount * self.price.usd


def idle_month(stage: Stage) -> list[Item]:
    """A month of the smallest groups, without traffic."""
    zones = len(stage.network.zones)
    return [
        *_instances(stage),
        Item("Load balancer", HOURS, prices.LOAD_BALANCER),
        Item(
            "Load balancer capacity units, for a connection a second of scanners",
            HOURS * IDLE_CONNECTIONS / CONNECTIONS_PER_UNIT,
            prices.CAPACITY_UNIT,
        ),
        Item(
            "Public addresses (load balancer, NAT gateways, instances in public subnets)",
            HOURS * (zones + stage.network.nat_gateways + _public_instances(stage)),
            prices.PUBLIC_ADDRESS,
        ),
        Item("NAT gateways", HOURS * stage.network.nat_gateways, prices.NAT_GATEWAY),
        Item("Interface endpoints", HOURS * _endpoints(stage), prices.INTERFACE_ENDPOINT),
        *_health_probes(stage),
        *_firewall(stage),
        Item("Key of the ops topic", 1, prices.KEY),
        Item("Secrets", SECRETS, prices.SECRET),
        Item("Alarms", ALARM_METRICS + _scaling_alarms(stage), prices.ALARM_METRIC),
        Item("Metrics of our own", OWN_METRICS, prices.CUSTOM_METRIC),
        Item("Dashboard", 1, prices.DASHBOARD),
        Item("Metrics read for operators, each hour", STORAGE_READS, prices.METRIC_READ),
        Item("Counts for operators, each minute: units written", COUNTED_UNITS, prices.WRITE_UNIT),
        Item("Long polls", POLLS_A_MONTH * _pollers(stage), prices.POLL),
        Item(
            "X-Ray, traces of a scanner's request a second",
            HOURS * 3600 * IDLE_CONNECTIONS * stage.observability.recorded,
            prices.TRACE,
        ),
    ]


def _instances(stage: Stage) -> list[Item]:
    fleets = stage.fleets.values()
    count = sum(fleet.min for fleet in fleets)
    disks = sum(fleet.min * fleet.disk_gib for fleet in fleets)
    detailed = DETAILED_METRICS if stage.monitoring == "detailed" else 0
    return [
        *(
            Item(
                f"Instances: {name}, {fleet.min} {fleet.instance_type}",
                HOURS * fleet.min,
                Price(INSTANCES.usd(fleet.instance_type, 1), "hour", "ec2"),
            )
            for name, fleet in stage.fleets.items()
            if fleet.min
        ),
        Item("Disks of instances", disks, prices.DISK_GIB),
        Item("Detailed monitoring of instances", detailed * count, prices.CUSTOM_METRIC),
    ]


def _scaling_alarms(stage: Stage) -> int:
    alone = [fleet.processes for fleet in stage.fleets.values()]
    presets = [
        preset(fleet, getattr(stage.scaling, fleet)) for fleet in FleetName if [fleet] in alone
    ]
    return sum(
        1 if isinstance(policy, StepPolicy) else TRACKING_ALARMS
        for each in presets
        for policy in each.policies
    )


def _endpoints(stage: Stage) -> int:
    """Interface endpoints, counted in each of their zones."""
    network = stage.network
    if not network.private_endpoints:
        return 0
    return sum(len(network.zones_of(service)) for service in stage.endpoints)


def _health_probes(stage: Stage) -> list[Item]:
    """The load balancer's, from each zone; and those that web instances make themselves."""
    seconds = HOURS * 3600
    probes = seconds / HEALTH_INTERVAL_SECONDS * len(stage.network.zones) * _web_instances(stage)
    rounds = seconds / HEALTH_EVERY_SECONDS * _web_instances(stage)
    connections = probes + IDLE_CONNECTIONS * seconds
    return [
        Item(
            "Flow logs, delivery: health probes and scanners",
            connections * FLOW_RECORDS * FLOW_RECORD_BYTES / 1e9,
            prices.DELIVERED_LOG_GB,
        ),
        Item("Health probes of buckets", 2 * rounds, prices.GET),
        Item("Health probes of tables", 2 * rounds, prices.READ_UNIT),
    ]


def _firewall(stage: Stage) -> list[Item]:
    if not stage.firewall.enabled:
        return []
    return [
        Item("Web ACL", 1, prices.WEB_ACL),
        Item("Rules of the web ACL", 1 + len(MANAGED_RULES), prices.WEB_RULE),
    ]


def _pollers(stage: Stage) -> int:
    """The processes that take messages, each off one queue: all but web."""
    return sum(
        fleet.min * len([process for process in fleet.processes if process != "web"])
        for fleet in stage.fleets.values()
    )


def _public_instances(stage: Stage) -> int:
    if not stage.network.public_instances:
        return 0
    return sum(fleet.min for fleet in stage.fleets.values())


def _web_instances(stage: Stage) -> int:
    return stage.fleets[stage.fleet_of("web")].min


JOBS = 1000
RESULT_GB = JOBS * 500e3 / 1e9
"""Input, result and its Parquet file of a job of 150 KB, a Free user's largest."""


REQUESTS = 50
"""To the site for a job: upload, the pages of the job while it runs, and its result."""


def thousand_jobs(*, traces_recorded: float = 0.0) -> list[Item]:
    """1,000 small jobs of Free users, on instances that run anyway. Each is archived once.

    Args:
        traces_recorded: the share of the requests whose traces are recorded.
    """
    return [
        Item(
            "S3, files written: input, 5 results, 2 archived, part of a log", 10 * JOBS, prices.PUT
        ),
        Item("S3, files read: input, pages, downloads", 12 * JOBS, prices.GET),
        Item("S3, stored for a month", RESULT_GB, prices.STORED_GB),
        Item("S3, annotated VCFs archived", JOBS, prices.ARCHIVE_PUT),
        Item("S3, archived for a month, with 40 KB overhead each", 0.2, prices.ARCHIVED_GB),
        Item("DynamoDB, units written, indexes included", 31 * JOBS, prices.WRITE_UNIT),
        Item("DynamoDB, units read: handlers and pages", 60 * JOBS, prices.READ_UNIT),
        Item("SNS, messages published", 2 * JOBS, prices.PUBLISH),
        Item("S3, listings before a copy is deleted", 2 * JOBS, prices.PUT),
        Item(
            "SQS, requests, three delays of the archive timer and the deletion of copies included",
            28 * JOBS,
            prices.POLL,
        ),
        Item("SES, emails: job ended, result archived", 2 * JOBS, prices.EMAIL),
        Item("Logs, 20 KB per job", 0.02, prices.LOG_GB),
        Item("X-Ray, traces of requests", REQUESTS * JOBS * traces_recorded, prices.TRACE),
    ]


def thousand_restores() -> list[Item]:
    """Restoring 1,000 results when their owner becomes Premium."""
    return [
        Item("S3, restore requests", JOBS, prices.RESTORE),
        Item("S3, files written: result, index, Parquet", 3 * JOBS, prices.PUT),
    ]
