"""Prices of EC2 instances."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """On-demand prices of a region in USD an hour, and the month they were looked up."""

    date: str
    region: str
    source: str
    usd_per_hour: dict[str, float]

    def usd(self, instance_type: str, hours: float) -> float:
        """Return a cost in USD; raise ValueError, with the known types, for an unknown one."""
        try:
            return self.usd_per_hour[instance_type] * hours
        except KeyError:
            known = ", ".join(self.usd_per_hour)
            raise ValueError(
                f"no price is known of instance type '{instance_type}'; there are {known}"
            ) from None


PRICES = PriceTable(
    date="2026-04",
    region="us-east-1",
    source="https://aws.amazon.com/ec2/pricing/on-demand/",
    usd_per_hour={
        "t3.micro": 0.0104,
        "t3.small": 0.0208,
        "t3.medium": 0.0416,
        "t3.large": 0.0832,
        "t4g.micro": 0.0084,
        "t4g.small": 0.0168,
        "t4g.medium": 0.0336,
        "c6i.large": 0.085,
        "c6i.xlarge": 0.17,
        "c6i.2xlarge": 0.34,
    },
)
"""Linux, shared tenancy; without disks, load balancer and traffic."""
