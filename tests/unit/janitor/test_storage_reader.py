"""The janitor reads what S3 reports of the buckets."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from runtime.common.figure_items import STORAGE, FigureItems
from runtime.common.storage_figures import BucketFigures, StorageFigures
from runtime.contract.cloudwatch import STORAGE_NAMESPACE, STORED_BYTES, STORED_OBJECTS
from runtime.janitor.storage_reader import EMPTY_SECONDS, LOOK_SECONDS, READ_SECONDS, StorageReader
from tests.emulator import Emulator
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb.service_resource import Table

DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC).timestamp())


@pytest.fixture
def cloudwatch(emulator: Emulator) -> "CloudWatchClient":
    return emulator.session.client("cloudwatch", endpoint_url=emulator.endpoint_url)


@pytest.fixture
def figures(ephemeral_table: "Table") -> FigureItems:
    return FigureItems(ephemeral_table)


@pytest.fixture
def buckets(ephemeral_table: "Table") -> dict[str, str]:
    """Names that no other test reports of."""
    return {name: f"{name}-{ephemeral_table.name}" for name in ("results", "archive")}


@pytest.fixture
def reader(
    cloudwatch: "CloudWatchClient", buckets: dict[str, str], figures: FigureItems, clock: Clock
) -> StorageReader:
    return StorageReader(cloudwatch, buckets, figures, clock)


def report(
    cloudwatch: "CloudWatchClient",
    bucket: str,
    storage_type: str,
    value: float,
    *,
    at: float,
    metric: str = STORED_BYTES,
) -> None:
    dimensions = {"BucketName": bucket, "StorageType": storage_type}
    cloudwatch.put_metric_data(
        Namespace=STORAGE_NAMESPACE,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": key, "Value": each} for key, each in dimensions.items()],
                "Timestamp": datetime.fromtimestamp(at, UTC),
                "Value": value,
            }
        ],
    )


def found(figures: FigureItems) -> dict[str, BucketFigures]:
    return StorageFigures.model_validate(figures.get(STORAGE)).buckets


def test_should_take_the_newest_report_of_each_class_when_there_are_several(
    cloudwatch: "CloudWatchClient",
    buckets: dict[str, str],
    reader: StorageReader,
    figures: FigureItems,
    clock: Clock,
) -> None:
    archive, today = buckets["archive"], clock.now - clock.now % DAY
    report(cloudwatch, archive, "GlacierStorage", 100, at=today - DAY)
    report(cloudwatch, archive, "GlacierStorage", 300, at=today)
    report(cloudwatch, archive, "StandardStorage", 7, at=today)
    report(cloudwatch, archive, "AllStorageTypes", 4, at=today, metric=STORED_OBJECTS)
    reader()
    assert found(figures) == {
        "results": BucketFigures(),
        "archive": BucketFigures(
            stored={"GlacierStorage": 300, "StandardStorage": 7},
            objects=4,
            measured_at=int(today),
        ),
    }


def test_should_ask_again_when_the_figures_are_old(
    cloudwatch: "CloudWatchClient",
    buckets: dict[str, str],
    reader: StorageReader,
    figures: FigureItems,
    clock: Clock,
) -> None:
    results = buckets["results"]
    for stored, seconds in ((9, EMPTY_SECONDS), (40, READ_SECONDS)):
        reader()
        before = found(figures)["results"].stored
        report(cloudwatch, results, "StandardStorage", stored, at=clock.now)
        clock.advance(seconds - LOOK_SECONDS)
        reader()
        assert found(figures)["results"].stored == before
        clock.advance(LOOK_SECONDS)
        reader()
        assert found(figures)["results"].stored != before
