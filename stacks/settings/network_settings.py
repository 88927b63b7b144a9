"""The network of a stage, its public address and its firewall."""

from ipaddress import IPv4Network
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from stacks.costs.prices import (
    DATE,
    HOURS,
    INTERFACE_ENDPOINT,
    NAT_GATEWAY,
    PUBLIC_ADDRESS,
    Price,
)
from stacks.settings.base import DOMAIN, Settings

EndpointName = Literal[
    "autoscaling",
    "cloudformation",
    "email",
    "logs",
    "monitoring",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "xray",
]
"""The services that instances call and that have no gateway endpoint, as AWS names them after
`com.amazonaws.<region>.`. `email` is the API of SES, `monitoring` is CloudWatch's. `xray` is called
in a stage with traces."""

ENDPOINTS: tuple[EndpointName, ...] = tuple(
    name for name in get_args(EndpointName) if name != "xray"
)
"""Those that every stage calls."""

Zone = Annotated[str, Field(pattern=r"^[a-z]$")]


def _month(*prices: Price) -> str:
    """What these prices per hour come to in a month, in words."""
    usd = HOURS * sum(price.usd for price in prices)
    return f"{usd:.0f} US dollars a month (us-east-1, {DATE})"


EVERYWHERE = "0.0.0.0/0"


def _network(value: str) -> str:
    """Return an IPv4 network in its usual form; raises ValueError for anything else."""
    return str(IPv4Network(value))


class Network(Settings):
    """The VPC."""

    zones: list[Zone] = Field(
        min_length=2,
        description="Letters of the availability zones, which follow the region's name. A load "
        "balancer needs two zones.",
    )
    nat_gateways: int = Field(
        ge=0,
        description="NAT gateways, spread over the zones; each costs "
        f"{_month(NAT_GATEWAY, PUBLIC_ADDRESS)}, and more by traffic. With private endpoints they "
        "serve Stripe alone, and one is enough. With 0, private subnets have no route to the "
        "internet, and nobody can pay.",
    )
    private_endpoints: bool = Field(
        description="Reach AWS services through interface endpoints, and put worker instances into "
        f"subnets without a route to the internet. {len(ENDPOINTS)} endpoints in each zone cost "
        f"{_month(*[INTERFACE_ENDPOINT] * len(ENDPOINTS))} per zone."
    )
    public_instances: bool = Field(
        default=False,
        description="Put all instances into public subnets, each with a public address, instead of "
        "private subnets behind NAT gateways. An address costs "
        f"{_month(PUBLIC_ADDRESS)}. Security groups let nobody in but the load balancer.",
    )
    endpoint_zones: dict[EndpointName, Annotated[list[Zone], Field(min_length=1)]] = Field(
        default={},
        description="Zones of an interface endpoint that AWS doesn't offer in all zones of the "
        "stage, by its service; instances of other zones use it too. `./gas preflight` says which.",
    )

    allowed_cidrs: list[Annotated[str, AfterValidator(_network)]] = Field(
        default=[EVERYWHERE],
        min_length=1,
        description="Networks that reach the site. A stage without a certificate must name them, "
        "because its pages and passwords are not encrypted on the way.",
    )

    @model_validator(mode="after")
    def _is_public_or_private(self) -> Self:
        if self.public_instances and (self.nat_gateways or self.private_endpoints):
            raise ValueError(
                "public_instances must be false where there are NAT gateways or private endpoints: "
                "nothing would use them"
            )
        return self

    @model_validator(mode="after")
    def _fits_the_zones(self) -> Self:
        if self.nat_gateways > len(self.zones):
            raise ValueError(
                f"nat_gateways ({self.nat_gateways}) must be at most the number of zones "
                f"({len(self.zones)})"
            )
        for service, zones in self.endpoint_zones.items():
            if strange := set(zones) - set(self.zones):
                raise ValueError(
                    f"endpoint_zones.{service} must be zones of the stage, not "
                    f"{', '.join(sorted(strange))}"
                )
        return self

    def zones_of(self, endpoint: EndpointName) -> list[str]:
        """Return the letters of the zones in which an interface endpoint lies."""
        return self.endpoint_zones.get(endpoint, self.zones)


class Site(Settings):
    """The public address of the web site."""

    domain: str = Field(
        pattern=DOMAIN,
        description="Host name of the site, in lower case. Its DNS record points to the load "
        "balancer.",
    )
    certificate_arn: str = Field(
        pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/.+$",
        description="ACM certificate of the domain, in the region of the deployment.",
    )


class Firewall(Settings):
    """The web ACL in front of the load balancer."""

    enabled: bool = Field(
        default=True,
        description="Filter requests with AWS's managed rules, and limit the requests per client "
        "address.",
    )
    requests_per_address: int = Field(
        default=10_000,
        ge=10,  # https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
        le=2_000_000_000,
        description="Requests per client address in five minutes. Above that, its requests are "
        "blocked. A whole institute may share one address: docs/deploy.md computes what 50 people "
        "need.",
    )
