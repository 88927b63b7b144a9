"""The VPC and the load balancer in front of the site."""

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from stacks.settings import Stage
from stacks.stage_stack import StageStack

INTERFACE_ENDPOINTS = {
    "Sqs": ec2.InterfaceVpcEndpointAwsService.SQS,
    "Sns": ec2.InterfaceVpcEndpointAwsService.SNS,
    "Ses": ec2.InterfaceVpcEndpointAwsService.EMAIL,
    "SecretsManager": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
}
"""The services that processes call and that have no gateway endpoint."""


IDLE_TIMEOUT = Duration.seconds(50)
"""Below the 60 s after which the web server closes idle connections, so that it never closes one
that the load balancer is about to use."""


class NetworkStack(StageStack):
    """VPC with public, private-with-egress and isolated subnets, and the load balancer.

    The load balancer is here, and its listener in the web stack, so that the inputs bucket can
    admit the site's origin without a cycle between the stacks.
    """

    def __init__(self, scope: Construct, *, stage: Stage, site_url: str | None) -> None:
        super().__init__(scope, stage=stage, name="network", description="GAS: network")
        self.vpc = self._vpc()
        if stage.network.private_endpoints:
            self._add_private_endpoints()
        self.load_balancer = self._load_balancer()
        self.site_url = site_url or self._own_url()

    @property
    def web_subnets(self) -> ec2.SubnetSelection:
        """Where web instances live: they call hosts outside AWS."""
        return ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)

    @property
    def worker_subnets(self) -> ec2.SubnetSelection:
        """Where all others live: without a way out, if the stage pays for private endpoints."""
        isolated = self.stage.network.private_endpoints
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
            subnet_configuration=_subnets(),
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
                "DynamoDb": ec2.GatewayVpcEndpointOptions(
                    service=ec2.GatewayVpcEndpointAwsService.DYNAMODB
                ),
            },
            # No instance uses the default group; emptying it takes a Lambda function.
            restrict_default_security_group=False,
        )
        Validations.of(vpc).acknowledge(
            Acknowledgment(
                id="CloudFormation-Validate::W3010",
                reason="A stage names its zones, so that the synthesis looks nothing up.",
            )
        )
        return vpc

    def _add_private_endpoints(self) -> None:
        group = ec2.SecurityGroup(
            self,
            "EndpointSecurityGroup",
            vpc=self.vpc,
            description="Endpoints of AWS services: admit the VPC, call nobody",
            allow_all_outbound=False,
        )
        for name, service in INTERFACE_ENDPOINTS.items():
            self.vpc.add_interface_endpoint(name, service=service, security_groups=[group])

    def _load_balancer(self) -> elbv2.ApplicationLoadBalancer:
        return elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            # In lower case, because browsers send the origin so, and S3 compares CORS origins
            # letter by letter; a generated name carries capitals into the DNS name.
            load_balancer_name=f"gas-{self.stage.name}",
            vpc=self.vpc,
            internet_facing=True,
            idle_timeout=IDLE_TIMEOUT,
            drop_invalid_header_fields=True,
            security_group=ec2.SecurityGroup(
                self,
                "LoadBalancerSecurityGroup",
                vpc=self.vpc,
                description="The load balancer: admits the public, reaches web instances alone",
                allow_all_outbound=False,
            ),
        )

    def _own_url(self) -> str:
        if self.stage.site:
            return f"https://{self.stage.site.domain}"
        return f"http://{self.load_balancer.load_balancer_dns_name}"


def _subnets() -> list[ec2.SubnetConfiguration]:
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
    ]
