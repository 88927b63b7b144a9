"""The site of a fleet that runs web: its secrets, and its place behind the load balancer."""

from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from runtime.contract.site import (
    ALIVE_PATH,
    DEREGISTRATION_SECONDS,
    HEALTH_INTERVAL_SECONDS,
    HTTP_PORT,
)
from stacks.findings import acknowledge
from stacks.grants import allow
from stacks.settings import Site, Stage
from stacks.stage_stack import StageStack


class SiteSecrets:
    """The secrets that web reads, and nobody else.

    Attributes:
        settings: their ARNs, by the fields of web's settings.
    """

    def __init__(self, stack: StageStack) -> None:
        self.settings = {
            "session_secret_arn": _session_secret(stack),
            "stripe_secret_arn": _stripe_secret(stack),
            "sign_in_secret_arn": _sign_in_secret(stack),
        }
        stack.output(SignInSecret=self.settings["sign_in_secret_arn"])
        stack.output(StripeSecret=self.settings["stripe_secret_arn"])

    def grant_read(self, role: iam.IRole) -> None:
        """Allow `role` to read them."""
        allow(role, "secretsmanager:GetSecretValue", on=[*self.settings.values()])


class SiteListener:
    """The listener of the load balancer, and the target group that it sends requests to.

    Attributes:
        dimensions: `LoadBalancer` and `TargetGroup` by their full names, as metrics name them.
    """

    def __init__(
        self,
        stack: StageStack,
        *,
        load_balancer: elbv2.ApplicationLoadBalancer,
        vpc: ec2.IVpc,
        group: autoscaling.AutoScalingGroup,
    ) -> None:
        targets = _targets(stack, vpc, group)
        _admit(load_balancer, stack.stage)
        self.listener = _listener(stack, load_balancer, stack.stage.site)
        self.listener.add_target_groups("Web", target_groups=[targets])
        self.dimensions = {
            "LoadBalancer": load_balancer.load_balancer_full_name,
            "TargetGroup": targets.target_group_full_name,
        }


def _targets(
    scope: Construct, vpc: ec2.IVpc, group: autoscaling.AutoScalingGroup
) -> elbv2.ApplicationTargetGroup:
    return elbv2.ApplicationTargetGroup(
        scope,
        "Targets",
        vpc=vpc,
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
    """Return the ARN of the secret with Stripe's keys: docs/billing.md.

    Until it is filled in, the site works without payments.
    """
    return _filled_in_by_people(
        scope,
        "StripeSecret",
        holds="Keys of the account at Stripe that is paid",
        reason="Stripe makes its keys; nothing of AWS's could replace them there.",
    )


def _sign_in_secret(scope: Construct) -> str:
    """Return the ARN of the secret with the client secrets of issuers: docs/sign-in.md.

    Until it is filled in, people sign in by password.
    """
    return _filled_in_by_people(
        scope,
        "SignInSecret",
        holds="Client secrets of the issuers that people sign in with",
        reason="The issuers make client secrets; nothing of AWS's could replace them there.",
    )


def _filled_in_by_people(scope: Construct, name: str, *, holds: str, reason: str) -> str:
    """Return the ARN of a secret whose value later deployments leave as it is.

    Args:
        reason: why nothing rotates it.
    """
    secret = secretsmanager.CfnSecret(scope, name, description=holds)
    acknowledge(secret, "AwsSolutions-SMG4", reason=reason)
    secret.apply_removal_policy(StageStack.containing(scope).removal)
    return secret.attr_id
