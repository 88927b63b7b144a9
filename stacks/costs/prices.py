"""Prices of AWS, beside those of instances in `scaling.simulate.instance_prices`."""

from dataclasses import dataclass

DATE = "2026-02"
REGION = "us-east-1"
HOURS = 730
"""Hours of a month, as AWS counts."""


@dataclass(frozen=True)
class Price:
    """USD for one `unit`, and AWS's page that says so."""

    usd: float
    unit: str
    source: str

    @property
    def page(self) -> str:
        """The address of the source."""
        return f"https://aws.amazon.com/{self.source}/pricing/"


NAT_GATEWAY = Price(0.045, "hour", "vpc")
PUBLIC_ADDRESS = Price(0.005, "hour", "vpc")
INTERFACE_ENDPOINT = Price(0.01, "hour and zone", "privatelink")
LOAD_BALANCER = Price(0.0225, "hour", "elasticloadbalancing")
CAPACITY_UNIT = Price(0.008, "unit and hour", "elasticloadbalancing")
DELIVERED_LOG_GB = Price(0.25, "GB", "cloudwatch")
DISK_GIB = Price(0.08, "GiB and month", "ebs")
WEB_ACL = Price(5.0, "month", "waf")
WEB_RULE = Price(1.0, "month", "waf")
KEY = Price(1.0, "month", "kms")
SECRET = Price(0.40, "month", "secrets-manager")
ALARM_METRIC = Price(0.10, "month", "cloudwatch")
CUSTOM_METRIC = Price(0.30, "month", "cloudwatch")
DASHBOARD = Price(3.0, "month", "cloudwatch")
LOG_GB = Price(0.50, "GB", "cloudwatch")
POLL = Price(0.40e-6, "request", "sqs")
PUBLISH = Price(0.50e-6, "request", "sns")
EMAIL = Price(0.10e-3, "email", "ses")
WRITE_UNIT = Price(0.625e-6, "unit", "dynamodb")
READ_UNIT = Price(0.125e-6, "unit", "dynamodb")
PUT = Price(0.005e-3, "request", "s3")
GET = Price(0.0004e-3, "request", "s3")
STORED_GB = Price(0.023, "GB and month", "s3")
METRIC_READ = Price(0.01e-3, "metric", "cloudwatch")
TRACE = Price(5e-6, "trace", "xray")
ARCHIVE_PUT = Price(0.03e-3, "request", "s3")
ARCHIVED_GB = Price(0.0036, "GB and month", "s3")
RESTORE = Price(10.0e-3, "expedited request", "s3")
