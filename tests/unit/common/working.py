"""A polling loop run in the test's own thread, until a real signal ends it."""

import os
import signal
from collections.abc import Callable
from typing import Any

from runtime.common.delivery import Delivery
from runtime.common.messages import JobRequest
from runtime.common.worker import Worker
from tests.unit.queues import Queue

Handler = Callable[[JobRequest, Delivery], None]
Prefilter = Callable[[list[Any]], list[Any]]
BODY = JobRequest(job_id="j").to_body()


def stop() -> None:
    """Ask this process to end, as systemd does."""
    os.kill(os.getpid(), signal.SIGTERM)


def run(
    queue: Queue,
    handler: Handler,
    *,
    visibility_seconds: int = 30,
    drain_seconds: float = 20,
    prefilter: Prefilter | None = None,
    at_once: int = 1,
) -> None:
    """Run until `stop`; who handles signals is afterwards as it was before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        Worker(
            sqs=queue.sqs,
            queue_url=queue.url,
            parse=JobRequest.from_body,
            handler=handler,
            prefilter=prefilter,
            at_once=at_once,
            visibility_seconds=visibility_seconds,
            drain_seconds=drain_seconds,
        ).run()
    finally:
        for number, each in before.items():
            signal.signal(number, each)
