"""An Auto Scaling group of instances that run some of the processes."""

from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from stacks.booting import await_boot, resource_of, rolling_update
from stacks.images import machine_image
from stacks.instance_logs import InstanceLogs
from stacks.lifecycle import HOOK, Lifecycle
from stacks.settings import Fleet, architecture
from stacks.stage_stack import StageStack

REPORTED = (
    autoscaling.GroupMetric.DESIRED_CAPACITY,
    autoscaling.GroupMetric.IN_SERVICE_INSTANCES,
)
"""Metrics that the dashboard and some scaling rules need; a group reports none by default."""


class InstanceFleet(Construct):
    """Launch template, security group, group and log group.

    The stack grants what the processes may do. This construct grants what an instance does about
    itself: write logs, report its boot, and end.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        endpoints: ec2.ISecurityGroup | None,
        size: Fleet,
        role: iam.IRole,
        user_data: ec2.UserData,
        ops_topic: sns.ITopic,
        behind_load_balancer: bool,
        drains: bool,
        protects_busy: bool,
    ) -> None:
        super().__init__(scope, name)
        stage = StageStack.containing(self).stage
        self._security_group = self._create_security_group(name, vpc)
        rules = [self._reach(endpoints)] if endpoints else []
        template = self._launch_template(size, role, user_data)
        self.group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=vpc,
            vpc_subnets=subnets,
            launch_template=None if size.spot else template,
            mixed_instances_policy=_spot(template) if size.spot else None,
            capacity_rebalance=size.spot or None,
            min_capacity=size.min,
            max_capacity=size.max,
            desired_capacity=size.desired,
            notifications=[_every_change(ops_topic)],
            group_metrics=[autoscaling.GroupMetrics(*REPORTED)],
            default_instance_warmup=Duration.seconds(size.warmup_seconds),
            health_checks=_health_checks(size, behind_load_balancer=behind_load_balancer),
            update_policy=rolling_update(size, awaits_boot=stage.awaits_boot),
        )
        self.group_name = self.group.auto_scaling_group_name
        self.logical_id = StageStack.containing(self).get_logical_id(resource_of(self.group))
        await_boot(self.group, size, role=role, awaits_boot=stage.awaits_boot)
        logs = InstanceLogs(self, "Logs", days=stage.data.logs_days, role=role)
        self.log_group = logs.group_name
        Lifecycle(
            self, "Lifecycle", group=self.group, role=role, drains=drains, protects=protects_busy
        )
        self.lifecycle_hook = HOOK if drains else None
        # The first instance starts when the role and its rules are there.
        self.group.node.add_dependency(role, *rules)

    def _create_security_group(self, name: str, vpc: ec2.IVpc) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description=f"{name} instances",
            allow_all_outbound=False,
        )
        group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS services and what the subnets let out"
        )
        return group

    def _reach(self, endpoints: ec2.ISecurityGroup) -> IConstruct:
        return ec2.CfnSecurityGroupIngress(
            self,
            "ToEndpoints",
            group_id=endpoints.security_group_id,
            source_security_group_id=self._security_group.security_group_id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description="Calls of AWS services",
        )

    def _launch_template(
        self, size: Fleet, role: iam.IRole, user_data: ec2.UserData
    ) -> ec2.LaunchTemplate:
        stage = StageStack.containing(self).stage
        return ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            machine_image=machine_image(
                StageStack.containing(self).stage.software.image,
                architecture=architecture(size.instance_type),
            ),
            instance_type=ec2.InstanceType(size.instance_type),
            role=role,
            detailed_monitoring=stage.monitoring == "detailed",
            user_data=user_data,
            security_group=self._security_group,
            associate_public_ip_address=stage.network.public_instances,
            http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
            http_put_response_hop_limit=1,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        size.disk_gib, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
        )


def _every_change(topic: sns.ITopic) -> autoscaling.NotificationConfiguration:
    return autoscaling.NotificationConfiguration(
        topic=topic, scaling_events=autoscaling.ScalingEvents.ALL
    )


def _health_checks(size: Fleet, *, behind_load_balancer: bool) -> autoscaling.HealthChecks:
    grace = Duration.seconds(size.grace_seconds)
    if not behind_load_balancer:
        return autoscaling.HealthChecks.ec2(grace_period=grace)
    return autoscaling.HealthChecks.with_additional_checks(
        grace_period=grace, additional_types=[autoscaling.AdditionalHealthCheckType.ELB]
    )


def _spot(template: ec2.ILaunchTemplate) -> autoscaling.MixedInstancesPolicy:
    """Spot instances only, of the pools where EC2 has most capacity to spare.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html
    """
    return autoscaling.MixedInstancesPolicy(
        launch_template=template,
        instances_distribution=autoscaling.InstancesDistribution(
            on_demand_base_capacity=0,
            on_demand_percentage_above_base_capacity=0,
            spot_allocation_strategy=autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
        ),
    )
