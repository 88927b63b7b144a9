"""The network of a stage, its public address and its firewall."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from stacks.settings.base import Settings


class Network(Settings):
    """The VPC."""

    zones: list[Annotated[str, Field(pattern=r"^[a-z]$")]] = Field(
        min_length=2,
        description="Letters of the availability zones, which follow the region's name. A load "
        "balancer needs two zones.",
    )
    nat_gateways: int = Field(
        ge=0,
        description="NAT gateways, spread over the zones. With 0, private subnets have no route to "
        "the internet.",
    )
    private_endpoints: bool = Field(
        description="Reach AWS services through interface endpoints, and put worker instances into "
        "subnets without a route to the internet."
    )

    @model_validator(mode="after")
    def _fits_the_zones(self) -> Self:
        if self.nat_gateways > len(self.zones):
            raise ValueError(
                f"nat_gateways ({self.nat_gateways}) must be at most the number of zones "
                f"({len(self.zones)})"
            )
        return self


class Site(Settings):
    """The public address of the web site."""

    domain: str = Field(
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
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
        default=2000,
        ge=10,  # https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
        le=2_000_000_000,
        description="Requests per client address in five minutes. Above that, its requests are "
        "blocked.",
    )
