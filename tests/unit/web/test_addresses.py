"""Where signed addresses point: browsers follow them, so a redirect by S3 would break them."""

import boto3
import pytest

from runtime.common import aws


@pytest.mark.parametrize(
    ("region", "endpoint", "address"),
    [
        ("us-east-1", None, "https://inputs.s3.amazonaws.com/"),
        ("eu-west-1", None, "https://inputs.s3.eu-west-1.amazonaws.com/"),
        ("us-east-1", "http://127.0.0.1:4566", "http://127.0.0.1:4566/inputs"),
    ],
)
def test_should_name_the_regions_host_when_an_address_is_signed(
    monkeypatch: pytest.MonkeyPatch, region: str, endpoint: str | None, address: str
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    s3 = aws.client("s3")
    assert s3.generate_presigned_post("inputs", "users/x")["url"] == address
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "inputs", "Key": "x"})
    assert url.startswith(address)
