"""The metadata of an instance, read from a service that asks for a token."""

from collections.abc import Iterator

import pytest

from runtime.common.instance import Metadata, MetadataError
from tests.emulator import free_port
from tests.metadata import PlayedMetadata, played_metadata


@pytest.fixture
def played() -> Iterator[PlayedMetadata]:
    with played_metadata() as running:
        yield running


def test_should_read_an_item_when_it_is_there(played: PlayedMetadata) -> None:
    played.items["autoscaling/target-lifecycle-state"] = "InService"
    metadata = Metadata(played.environment)
    assert metadata.instance_id == "i-0123456789abcdef0"
    assert metadata.get("autoscaling/target-lifecycle-state") == "InService"


def test_should_read_nothing_when_there_is_no_such_item(played: PlayedMetadata) -> None:
    assert Metadata(played.environment).get("spot/instance-action") is None


def test_should_say_so_when_the_service_refuses(played: PlayedMetadata) -> None:
    played.refuses = True
    with pytest.raises(MetadataError, match="PUT /latest/api/token: answered 500"):
        Metadata(played.environment).get("instance-id")


def test_should_say_so_when_there_is_no_service() -> None:
    nowhere = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    with pytest.raises(MetadataError, match="refused"):
        Metadata(nowhere).get("instance-id")


def test_should_say_so_when_the_instance_has_no_id(played: PlayedMetadata) -> None:
    played.items.clear()
    with pytest.raises(MetadataError, match="names no instance"):
        _ = Metadata(played.environment).instance_id
