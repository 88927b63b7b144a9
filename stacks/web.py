"""The fleet behind the load balancer."""

from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from runtime.contract.dynamodb import JOBS_OF_USER, OPEN_JOBS
from runtime.contract.processes import WebConfig
from runtime.contract.site import (
    ALIVE_PATH,
    DEREGISTRATION_SECONDS,
    HEALTH_INTERVAL_SECONDS,
    HTTP_PORT,
)
from scaling.policies import preset
from scaling.rules import FleetName
from stacks.findings import acknowledge, acknowledge_pattern
from stacks.fleet_scaling import Scaling
from stacks.fleet_stack import FleetStack, Foundations
from stacks.grants import allow, read_objects, send
from stacks.mail_identity import allow_sending
from stacks.settings import Site, Stage
from stacks.stage_stack import StageStack
from stacks.storage import EXPORT_KEYS, USER_KEYS

PROCESSES = (WebConfig,)
READ_AND_WRITE = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")


class WebStack(FleetStack):
    """The web site: its instances, and their target group behind the load balancer."""

    def __init__(self, scope: Construct, *, stage: Stage, foundations: Foundations) -> None:
        super().__init__(
            scope,
            stage=stage,
            foundations=foundations,
            name="web",
            description="GAS: web site",
            processes=PROCESSES,
        )
        self._session_secret_arn = _session_secret(self)
        self._stripe_secret_arn = _stripe_secret(self)
        self.fleet = self._add_fleet(
            "Web",
            size=stage.web,
            own={
                "session_secret_arn": self._session_secret_arn,
                "stripe_secret_arn": self._stripe_secret_arn,
            },
            subnets=self._network.web_subnets,
            behind_load_balancer=True,
        )
        self._grant()
        targets = self._targets(self.fleet.group)
        listener = self._listen(self._network.load_balancer, targets)
        self.load_dimensions = {
            "LoadBalancer": self._network.load_balancer.load_balancer_full_name,
            "TargetGroup": targets.target_group_full_name,
        }
        scaling = Scaling(
            self,
            "Scaling",
            group=self.fleet.group,
            preset=preset(FleetName.WEB, stage.scaling.web),
            dimensions=self.load_dimensions,
        )
        # Auto Scaling refuses to count the requests of a target group that no listener sends to.
        scaling.node.add_dependency(listener)
        self.output(SiteUrl=self._network.site_url, StripeSecret=self._stripe_secret_arn)

    def _grant(self) -> None:
        """Grant web its part; a presigned POST or GET may do what the role that signed it may."""
        inputs, results = self._storage.inputs, self._storage.results
        annotations = self._storage.annotations.table_arn
        allow(self.role, "s3:PutObject", on=inputs.arn_for_objects(USER_KEYS))
        for bucket in (inputs, results):
            read_objects(self.role, bucket, USER_KEYS)
            acknowledge_pattern(self.role, bucket, USER_KEYS, reason="It signs for every owner.")
        exports = results.arn_for_objects(EXPORT_KEYS)
        allow(self.role, "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", on=exports)
        acknowledge_pattern(self.role, results, EXPORT_KEYS, reason="It exports for every owner.")
        allow(self.role, *READ_AND_WRITE, on=annotations)
        for index in (JOBS_OF_USER, OPEN_JOBS):
            allow(self.role, "dynamodb:Query", on=f"{annotations}/index/{index.name}")
        for table in (self._storage.users, self._storage.ephemeral):
            allow(self.role, *READ_AND_WRITE, on=table.table_arn)
        allow_sending(self.role, sender=self.stage.mail.sender)
        allow(self.role, "sns:Publish", on=self._messaging.job_requests_topic.topic_arn)
        for work in (self._messaging.restore_requests, self._messaging.removals):
            send(self.role, work.queue)
        secrets = [self._session_secret_arn, self._stripe_secret_arn]
        allow(self.role, "secretsmanager:GetSecretValue", on=secrets)

    def _targets(self, group: autoscaling.AutoScalingGroup) -> elbv2.ApplicationTargetGroup:
        return elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=self._network.vpc,
            protocol=elbv2.ApplicationProtocol.HTTP,
            port=HTTP_PORT,
            targets=[group],
            deregistration_delay=Duration.seconds(DEREGISTRATION_SECONDS),
            health_check=elbv2.HealthCheck(
                path=ALIVE_PATH,
                healthy_http_codes="200",
                interval=Duration.seconds(HEALTH_INTERVAL_SECONDS),
                timeout=Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )

    def _listen(
        self, load_balancer: elbv2.ApplicationLoadBalancer, targets: elbv2.ApplicationTargetGroup
    ) -> elbv2.ApplicationListener:
        _admit(load_balancer, self.stage)
        listener = _listener(self, load_balancer, self.stage.site)
        listener.add_target_groups("Web", target_groups=[targets])
        return listener


def _admit(load_balancer: elbv2.ApplicationLoadBalancer, stage: Stage) -> None:
    """Let the stage's networks reach the ports of the listeners."""
    for port in (80, 443) if stage.site else (80,):
        for cidr in stage.network.allowed_cidrs:
            load_balancer.connections.allow_from(
                ec2.Peer.ipv4(cidr), ec2.Port.tcp(port), f"Admit {cidr}"
            )


def _listener(
    scope: Construct, load_balancer: elbv2.ApplicationLoadBalancer, site: Site | None
) -> elbv2.ApplicationListener:
    """HTTPS, with a redirect from HTTP, where the stage has a certificate; HTTP otherwise."""
    if site is None:
        return elbv2.ApplicationListener(
            scope,
            "Http",
            load_balancer=load_balancer,
            protocol=elbv2.ApplicationProtocol.HTTP,
            open=False,  # _admit says for whom
        )
    elbv2.ApplicationListener(
        scope,
        "Http",
        load_balancer=load_balancer,
        protocol=elbv2.ApplicationProtocol.HTTP,
        open=False,
        default_action=elbv2.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True),
    )
    return elbv2.ApplicationListener(
        scope,
        "Https",
        load_balancer=load_balancer,
        protocol=elbv2.ApplicationProtocol.HTTPS,
        open=False,
        certificates=[elbv2.ListenerCertificate.from_arn(site.certificate_arn)],
        ssl_policy=elbv2.SslPolicy.RECOMMENDED_TLS,
    )


def _session_secret(scope: Construct) -> str:
    """Return the ARN of the secret that signs sessions and upload tickets; only web reads it.

    The attribute `Id` is the ARN. So is `Ref` on AWS, but on the emulator that is the name.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
    """
    secret = secretsmanager.CfnSecret(
        scope,
        "SessionSecret",
        description="Signs the sessions of the web site",
        generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
            password_length=64, exclude_punctuation=True
        ),
    )
    acknowledge(
        secret,
        "AwsSolutions-SMG4",
        reason="A new one signs everybody out and voids uploads under way, so that people choose "
        "when; instances read it as they start.",
    )
    secret.apply_removal_policy(StageStack.containing(scope).removal)
    return secret.attr_id


def _stripe_secret(scope: Construct) -> str:
    """Return the ARN of the secret with Stripe's keys, which people fill in: docs/billing.md.

    Until then the site works without payments. Later deployments leave the value as it is.
    """
    secret = secretsmanager.CfnSecret(
        scope, "StripeSecret", description="Keys of the account at Stripe that is paid"
    )
    acknowledge(
        secret,
        "AwsSolutions-SMG4",
        reason="Stripe makes its keys; nothing of AWS's could replace them there.",
    )
    secret.apply_removal_policy(StageStack.containing(scope).removal)
    return secret.attr_id
