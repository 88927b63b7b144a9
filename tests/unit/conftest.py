"""Fixtures of the unit tests: one emulator a session, empty tables for each test that asks."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import structlog
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import LogCapture

from runtime.common import metrics, tracing
from runtime.common.spans import Spans
from tests.emulator import (
    Emulator,
    create_annotations_table,
    create_audit_table,
    create_ephemeral_table,
    create_owned_items_table,
    create_users_table,
    running_emulator,
)
from tests.unit.measured import Measured, measurements

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """A real emulator, started when the first test asks for it."""
    with running_emulator() as started:
        yield started


@pytest.fixture
def annotations_table(emulator: Emulator) -> "Table":
    """An empty table of jobs."""
    return create_annotations_table(emulator, f"annotations-{uuid.uuid4()}")


@pytest.fixture
def users_table(emulator: Emulator) -> "Table":
    """An empty table of users."""
    return create_users_table(emulator, f"users-{uuid.uuid4()}")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    """What was measured since: (name, value) or, with a dimension, (name, its value, value)."""
    capture = LogCapture()
    monkeypatch.setattr(metrics, "log", structlog.wrap_logger(None, processors=[capture]))
    return lambda: [entry for line in capture.entries for entry in measurements(line)]


@pytest.fixture
def ephemeral_table(emulator: Emulator) -> "Table":
    """An empty table of what is kept for a while."""
    return create_ephemeral_table(emulator, f"ephemeral-{uuid.uuid4()}")


@pytest.fixture
def audit_table(emulator: Emulator) -> "Table":
    """An empty table of audit records."""
    return create_audit_table(emulator, f"audit-{uuid.uuid4()}")


@pytest.fixture
def owned_items_table(emulator: Emulator) -> "Table":
    """An empty table of what belongs to accounts and jobs."""
    return create_owned_items_table(emulator, f"owned-items-{uuid.uuid4()}")


@pytest.fixture
def ended_spans() -> Iterator[InMemorySpanExporter]:
    """Traces are on, and every one is recorded; the spans that have ended since."""
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    tracing.use(Spans(service="gas-test-process", ratio=1, processor=processor))
    yield exporter
    tracing.use(None)
