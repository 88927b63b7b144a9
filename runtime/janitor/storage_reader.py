"""Reads how much the buckets hold, by storage class, for the operator's pages."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runtime.common.figure_items import DAY, STORAGE, FigureItems
from runtime.common.items import ConditionFailed
from runtime.common.log import get_logger
from runtime.common.storage_figures import BucketFigures, StorageFigures
from runtime.contract.cloudwatch import (
    EVERY_STORAGE_TYPE,
    STORAGE_NAMESPACE,
    STORAGE_TYPES,
    STORED_BYTES,
    STORED_OBJECTS,
)

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricDataResultTypeDef

READ_SECONDS = 3600
"""S3 measures once a day, at no fixed hour. CloudWatch bills 0.01 US dollars for 1,000 metrics."""

EMPTY_SECONDS = 300
"""While S3 reports no bytes at all: the stage is new."""

LOOK_SECONDS = 60

REPORTED_WITHIN = 3 * DAY
"""A report may be two days old."""

log = get_logger(__name__)


@dataclass
class StorageReader:
    """Reads S3's daily metrics of the buckets, which are given by their names on pages."""

    cloudwatch: "CloudWatchClient"
    buckets: Mapping[str, str]
    figures: FigureItems
    clock: Callable[[], float] = time.time
    _next: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        """Read them, if it is time to and no other janitor has."""
        now = int(self.clock())
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        before = self.figures.get(STORAGE)
        if before is not None and now < _due(StorageFigures.model_validate(before)):
            return
        found = StorageFigures(
            counted_at=now, buckets={name: BucketFigures() for name in self.buckets}
        )
        for result in self._reports(now):
            if result["Values"]:
                _add(found, result)
        try:
            self.figures.put(
                STORAGE, found.model_dump(mode="json"), counted_at=now, instead_of=before
            )
        except ConditionFailed:
            log.info("another janitor has read what the buckets hold")

    def _reports(self, now: int) -> "Iterator[MetricDataResultTypeDef]":
        pages = self.cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=list(self._queries()),
            StartTime=datetime.fromtimestamp(now - REPORTED_WITHIN, UTC),
            EndTime=datetime.fromtimestamp(now + DAY, UTC),
        )
        for page in pages:
            yield from page["MetricDataResults"]

    def _queries(self) -> "Iterator[MetricDataQueryTypeDef]":
        """Yield a query for each bucket and type; its label names both."""
        wanted = [(STORED_BYTES, each) for each in STORAGE_TYPES]
        wanted.append((STORED_OBJECTS, EVERY_STORAGE_TYPE))
        for name, bucket in self.buckets.items():
            for metric, storage_type in wanted:
                dimensions = {"BucketName": bucket, "StorageType": storage_type}
                yield {
                    "Id": f"{name}_{storage_type}",
                    "Label": f"{name} {storage_type}",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": STORAGE_NAMESPACE,
                            "MetricName": metric,
                            "Dimensions": [
                                {"Name": key, "Value": value} for key, value in dimensions.items()
                            ],
                        },
                        "Period": DAY,
                        "Stat": "Average",
                    },
                }


def _due(found: StorageFigures) -> int:
    """Return the epoch second from which on the reports are read again."""
    known = any(bucket.stored for bucket in found.buckets.values())
    return found.counted_at + (READ_SECONDS if known else EMPTY_SECONDS)


def _add(found: StorageFigures, result: "MetricDataResultTypeDef") -> None:
    """Add the newest report of a bucket and a type."""
    name, storage_type = result["Label"].split()
    bucket = found.buckets[name]
    newest, value = max(zip(result["Timestamps"], result["Values"], strict=True))
    if storage_type == EVERY_STORAGE_TYPE:
        bucket.objects = round(value)
    else:
        bucket.stored[storage_type] = round(value)
    bucket.measured_at = max(bucket.measured_at or 0, int(newest.timestamp()))
