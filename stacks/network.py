"""The VPC and the load balancer in front of the site."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from runtime.contract.site import IDLE_SECONDS
from stacks.findings import acknowledge
from stacks.firewall import Firewall
from stacks.logs import FLOWS_PREFIX, LOAD_BALANCER_PREFIX, LogsStack
from stacks.settings import EVERYWHERE, ProcessName, Stage
from stacks.stage_stack import StageStack

CALLING_OUT: frozenset[ProcessName] = frozenset({"web", "webhooks"})
"""web calls Stripe, and webhooks the servers that users name."""


class NetworkStack(StageStack):
    """VPC with public, private-with-egress and isolated subnets, and the load balancer.

    Where instances are public there are public subnets alone.

    The load balancer is here and its listener in the web stack: the inputs bucket must know the
    site's origin, and this way the stacks don't depend on each other in a circle.
    """

    def __init__(
        self, scope: Construct, *, stage: Stage, logs: LogsStack, site_url: str | None
    ) -> None:
        super().__init__(scope, stage=stage, name="network", description="GAS: network")
        self.vpc = self._vpc()
        self._log_flows(logs)
        self.endpoints = self._add_private_endpoints() if stage.network.private_endpoints else None
        self.load_balancer = self._load_balancer()
        self._log_requests(logs)
        if stage.firewall.enabled:
            balancer_arn = self.load_balancer.load_balancer_arn
            Firewall(self, "Firewall", settings=stage.firewall, protects=balancer_arn)
        self.site_url = site_url or self._own_url()

    def subnets_of(self, processes: Sequence[ProcessName]) -> ec2.SubnetSelection:
        """The subnets of instances that run these processes.

        web and webhooks call hosts outside AWS. All others are isolated if the stage has private
        endpoints.
        """
        if self.stage.network.public_instances:
            return ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        isolated = self.stage.network.private_endpoints and not CALLING_OUT.intersection(processes)
        return ec2.SubnetSelection(
            subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
            if isolated
            else ec2.SubnetType.PRIVATE_WITH_EGRESS
        )

    def _vpc(self) -> ec2.Vpc:
        vpc = ec2.Vpc(
            self,
            "Vpc",
            availability_zones=self.availability_zones,
            nat_gateways=self.stage.network.nat_gateways,
            subnet_configuration=_subnets(public_alone=self.stage.network.public_instances),
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
                "DynamoDb": ec2.GatewayVpcEndpointOptions(
                    service=ec2.GatewayVpcEndpointAwsService.DYNAMODB
                ),
            },
            # No instance uses the default group; emptying it takes a Lambda function.
            restrict_default_security_group=False,
        )
        acknowledge(
            vpc,
            "CloudFormation-Validate::W3010",
            reason="A stage names its zones, so that the synthesis looks nothing up.",
        )
        if self.stage.emulator:
            acknowledge(vpc, "AwsSolutions-VPC7", reason="The emulator knows no flow logs.")
        return vpc

    def _log_flows(self, logs: LogsStack) -> None:
        ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self.vpc.vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=f"{logs.bucket.bucket_arn}/{FLOWS_PREFIX}/",
        )

    def _add_private_endpoints(self) -> ec2.SecurityGroup:
        """Add endpoints to the isolated subnets; fleets add the rules of the security group."""
        group = ec2.SecurityGroup(
            self,
            "EndpointSecurityGroup",
            vpc=self.vpc,
            description="Endpoints of AWS services: admit the fleets, call nobody",
            allow_all_outbound=False,
        )
        for service in self.stage.endpoints:
            zones = [f"{self.region}{zone}" for zone in self.stage.network.zones_of(service)]
            self.vpc.add_interface_endpoint(
                service.capitalize(),
                service=ec2.InterfaceVpcEndpointAwsService(service),
                subnets=ec2.SubnetSelection(
                    subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, availability_zones=zones
                ),
                security_groups=[group],
                open=False,
            )
        return group

    def _load_balancer(self) -> elbv2.ApplicationLoadBalancer:
        public = ec2.SecurityGroup(
            self,
            "LoadBalancerSecurityGroup",
            vpc=self.vpc,
            description="The load balancer: admits networks of the stage, reaches web alone",
            allow_all_outbound=False,
        )
        if EVERYWHERE in self.stage.network.allowed_cidrs:
            acknowledge(public, "AwsSolutions-EC23", reason="The web site is open to the public.")
        return elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            # In lower case, as browsers send the origin: S3 compares CORS origins by case, and a
            # generated name would bring capitals into the DNS name.
            load_balancer_name=f"gas-{self.stage.name}",
            vpc=self.vpc,
            internet_facing=True,
            idle_timeout=Duration.seconds(IDLE_SECONDS),
            drop_invalid_header_fields=True,
            deletion_protection=self.stage.deletion_protection,
            security_group=public,
        )

    def _log_requests(self, logs: LogsStack) -> None:
        """Set attributes: the CDK's own method needs to know the region at synthesis."""
        for key, value in {
            "enabled": "true",
            "bucket": logs.bucket.bucket_name,
            "prefix": LOAD_BALANCER_PREFIX,
        }.items():
            self.load_balancer.set_attribute(f"access_logs.s3.{key}", value)

    def _own_url(self) -> str:
        if self.stage.site:
            return f"https://{self.stage.site.domain}"
        return f"http://{self.load_balancer.load_balancer_dns_name}"


def _subnets(*, public_alone: bool) -> list[ec2.SubnetConfiguration]:
    kinds = {
        "Public": ec2.SubnetType.PUBLIC,
        "Private": ec2.SubnetType.PRIVATE_WITH_EGRESS,
        "Isolated": ec2.SubnetType.PRIVATE_ISOLATED,
    }
    return [
        ec2.SubnetConfiguration(
            name=name, subnet_type=kind, cidr_mask=22, map_public_ip_on_launch=False
        )
        if kind is ec2.SubnetType.PUBLIC
        else ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=22)
        for name, kind in kinds.items()
        if kind is ec2.SubnetType.PUBLIC or not public_alone
    ]
