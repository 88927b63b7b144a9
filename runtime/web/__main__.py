"""Serves the web app: `python -m runtime.web`."""

from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from runtime.common.process import start
from runtime.contract.processes import WebConfig
from runtime.contract.site import DRAIN_SECONDS, KEEP_ALIVE_SECONDS
from runtime.web import liveness

WORKERS = 2
THREADS_PER_WORKER = 8

LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    # The server's own lines are logged like all others, as JSON by runtime.common.log.
    "loggers": {"_granian": {"level": "INFO", "propagate": True}},
}


def main() -> None:
    """Serve until SIGTERM; a wrong environment ends the process before it listens."""
    # Its workers make the spans: a thread that sends spans would not survive the fork.
    config = start(WebConfig, traced=False)
    liveness.watch(config.http_port, forks=WORKERS)
    serve("runtime.web.server:application", port=config.http_port)


def serve(target: str, *, port: int) -> None:
    """Serve, until SIGTERM, the WSGI application that the function `target` returns."""
    Server(
        target,
        factory=True,
        interface=Interfaces.WSGI,
        websockets=False,
        address="0.0.0.0",  # noqa: S104 - security groups and the load balancer decide who reaches it
        port=port,
        workers=WORKERS,
        blocking_threads=THREADS_PER_WORKER,
        workers_kill_timeout=DRAIN_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=KEEP_ALIVE_SECONDS * 1000),
        log_dictconfig=LOGS,
    ).serve()


if __name__ == "__main__":
    main()
