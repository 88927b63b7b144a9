"""The scaling rules of each fleet, by preset: rendered by the stacks, executed by the simulator.

A stage names its presets as `scaling.web` and `scaling.annotator`.
"""

from scaling.rules import (
    Alarm,
    Comparison,
    FleetName,
    Limits,
    Metric,
    MetricMath,
    Preset,
    Statistic,
    StepAdjustment,
    StepPolicy,
    TargetTracking,
)

DEFAULT = "original"
LIMITS = Limits(minimum=2, maximum=10, desired=2, cooldown_s=300)
WARMUP_S = 120

TARGET_2XX = Metric(
    namespace="AWS/ApplicationELB",
    name="HTTPCode_Target_2XX_Count",
    statistic=Statistic.SUM,
    dimensions=("LoadBalancer",),
)
RESPONSE_TIME = Metric(
    namespace="AWS/ApplicationELB",
    name="TargetResponseTime",
    statistic=Statistic.AVERAGE,
    dimensions=("LoadBalancer",),
)
REQUESTS_PER_TARGET = Metric(
    namespace="AWS/ApplicationELB",
    name="RequestCountPerTarget",
    statistic=Statistic.SUM,
    dimensions=("TargetGroup", "LoadBalancer"),
)
MESSAGES_SENT = Metric(
    namespace="AWS/SQS",
    name="NumberOfMessagesSent",
    statistic=Statistic.SUM,
    dimensions=("QueueName",),
)
MESSAGES_VISIBLE = Metric(
    namespace="AWS/SQS",
    name="ApproximateNumberOfMessagesVisible",
    statistic=Statistic.MAXIMUM,
    dimensions=("QueueName",),
)
IN_SERVICE = Metric(
    namespace="AWS/AutoScaling",
    name="GroupInServiceInstances",
    statistic=Statistic.AVERAGE,
    dimensions=("AutoScalingGroupName",),
)
DESIRED = Metric(
    namespace="AWS/AutoScaling",
    name="GroupDesiredCapacity",
    statistic=Statistic.AVERAGE,
    dimensions=("AutoScalingGroupName",),
)
BACKLOG_PER_INSTANCE = MetricMath(
    label="backlog per instance",
    expression="visible / instances",
    metrics=(("visible", MESSAGES_VISIBLE), ("instances", IN_SERVICE)),
)
WORK_PER_INSTANCE = MetricMath(
    label="arrivals and backlog per instance",
    expression="(sent + visible) / instances",
    metrics=(("sent", MESSAGES_SENT), ("visible", MESSAGES_VISIBLE), ("instances", IN_SERVICE)),
)


def add_one(alarm: Alarm) -> StepPolicy:
    """Return the policy that adds an instance from the alarm's threshold upwards."""
    return StepPolicy(
        alarm=alarm, steps=(StepAdjustment(lower=0, upper=None, adjustment=1),), warmup_s=WARMUP_S
    )


def remove_one(alarm: Alarm) -> StepPolicy:
    """Return the policy that removes an instance from the alarm's threshold downwards."""
    return StepPolicy(alarm=alarm, steps=(StepAdjustment(lower=None, upper=0, adjustment=-1),))


WEB_ORIGINAL = Preset(
    name="original",
    fleet=FleetName.WEB,
    policies=(
        add_one(
            Alarm(
                name="High-Sum-HTTP-2XXs",
                metric=TARGET_2XX,
                period_s=60,
                comparison=Comparison.GREATER,
                threshold=200,
            )
        ),
        add_one(
            Alarm(
                name="High-Average-Latency",
                metric=RESPONSE_TIME,
                period_s=60,
                comparison=Comparison.GREATER,
                threshold=0.5,
            )
        ),
        remove_one(
            Alarm(
                name="Low-Average-Latency",
                metric=RESPONSE_TIME,
                period_s=60,
                comparison=Comparison.LESS,
                threshold=0.01,
            )
        ),
    ),
    when="To follow the original, and to show scaling with little load: 4 requests a second "
    "start instances. The metrics don't depend on capacity, so the group ends at an extreme.",
)
WEB_PER_TARGET = Preset(
    name="request-count-per-target",
    fleet=FleetName.WEB,
    policies=(
        TargetTracking(
            name="Requests-Per-Target",
            metric=REQUESTS_PER_TARGET,
            # 50 a second: the original's two instances answered 97.6 with a median of 17 ms.
            target=3000,
            predefined="ALBRequestCountPerTarget",
            warmup_s=WARMUP_S,
        ),
    ),
    when="For real traffic: capacity in proportion to requests, in both directions. Set the "
    "target from a load test of one instance.",
)
ANNOTATOR_ORIGINAL = Preset(
    name="original",
    fleet=FleetName.ANNOTATOR,
    policies=(
        add_one(
            Alarm(
                name="sqs-msg-sent-exceed-10-for-5min",
                metric=MESSAGES_SENT,
                period_s=300,
                comparison=Comparison.GREATER,
                threshold=10,
            )
        ),
        remove_one(
            Alarm(
                name="sqs-msg-received-below-5-for-2min",
                metric=MESSAGES_SENT,
                period_s=60,
                comparison=Comparison.LESS,
                threshold=5,
                evaluation_periods=2,
                datapoints_to_alarm=2,
            )
        ),
    ),
    when="To follow the original, and where jobs are short: it counts arrivals, and neither "
    "knows how long a job takes nor how many wait.",
)
ANNOTATOR_BACKLOG = Preset(
    name="backlog-per-instance",
    fleet=FleetName.ANNOTATOR,
    policies=(
        TargetTracking(
            name="Backlog-Per-Instance",
            metric=BACKLOG_PER_INSTANCE,
            target=10,  # jobs of about 6 s: a minute's wait
            warmup_s=WARMUP_S,
        ),
    ),
    when="Where load comes in batches and a wait of target x job time is acceptable. Under "
    "steady load an empty queue reads as no work: it scales in until jobs wait again.",
)
ANNOTATOR_WORK = Preset(
    name="arrivals-plus-backlog",
    fleet=FleetName.ANNOTATOR,
    policies=(
        TargetTracking(
            name="Work-Per-Instance",
            metric=WORK_PER_INSTANCE,
            target=7,  # an instance does 10 jobs of 6 s a minute: 70 % of that
            warmup_s=WARMUP_S,
        ),
    ),
    when="Where load is steady or follows the day and the job time is known: it keeps pace with "
    "arrivals before a queue forms, and works off one that has formed.",
)

PRESETS: dict[FleetName, dict[str, Preset]] = {
    FleetName.WEB: {preset.name: preset for preset in (WEB_ORIGINAL, WEB_PER_TARGET)},
    FleetName.ANNOTATOR: {
        preset.name: preset for preset in (ANNOTATOR_ORIGINAL, ANNOTATOR_BACKLOG, ANNOTATOR_WORK)
    },
}


def preset(fleet: FleetName, name: str = DEFAULT) -> Preset:
    """Return a fleet's preset; raise ValueError, with the known names, for an unknown one."""
    try:
        return PRESETS[fleet][name]
    except KeyError:
        known = ", ".join(PRESETS[fleet])
        raise ValueError(f"the {fleet} fleet has no preset '{name}'; it has {known}") from None
