"""Watches the server from its main process: two threads that request pages.

One tells systemd that the server is alive. The main process only waits for its workers, so its own
loop proves nothing; a response does. It asks for the path that asks nothing else: no restart would
repair what is outside of the instance.

The other one has the server look at its tables and buckets, so that an outage is counted and raises
an alarm, whoever uses the site.
"""

import http.client
import os
import threading
from collections.abc import Callable

from runtime.common import systemd
from runtime.common.log import get_logger
from runtime.contract.site import ALIVE_PATH, HEALTH_EVERY_SECONDS, HEALTH_PATH

TIMEOUT_SECONDS = 30.0
HEALTH_TIMEOUT_SECONDS = 300.0
"""More than the calls of all probes take with their attempts: aws.py."""

EVERY_SECONDS = 20.0
"""Between two questions whether it answers."""

FIRST_EVERY_SECONDS = 0.2
"""Until the first response, when it counts as started."""

log = get_logger(__name__)


def watch(port: int, *, forks: int = 0) -> None:
    """Start to watch the server on `port` of this machine; systemd is told if it asks for it.

    Call it in the main process: systemd listens to no other.

    Args:
        forks: of this process, before which nothing is asked. A worker inherits the locks that the
            threads of this process hold. The first request imports a codec: a worker that is forked
            during the import waits for it forever.
    """
    forked = threading.Semaphore(0)
    os.register_at_fork(after_in_parent=forked.release)

    def watch_after_forks(port: int) -> None:
        for _ in range(forks):
            forked.acquire()
        _watch(port)

    _start(_ask_health, port)
    if os.environ.get(systemd.SOCKET):
        _start(watch_after_forks, port)


def _start(run: Callable[[int], None], port: int) -> None:
    threading.Thread(target=run, args=(port,), name=run.__name__, daemon=True).start()


def _watch(port: int) -> None:
    pause = threading.Event()
    while not answers(port):
        pause.wait(FIRST_EVERY_SECONDS)
    systemd.ready()
    while True:
        if answers(port):
            systemd.alive()
        pause.wait(EVERY_SECONDS)


def _ask_health(port: int) -> None:
    pause = threading.Event()
    while True:
        pause.wait(HEALTH_EVERY_SECONDS)
        answers(port, HEALTH_PATH, timeout_seconds=HEALTH_TIMEOUT_SECONDS)


def answers(port: int, path: str = ALIVE_PATH, *, timeout_seconds: float = TIMEOUT_SECONDS) -> bool:
    """Whether the server on `port` of this machine answers a request, with any status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except ConnectionRefusedError:
        return False  # it doesn't listen yet, or no longer
    except (OSError, http.client.HTTPException) as error:
        log.warning("the server doesn't answer", path=path, error=str(error))
        return False
    finally:
        connection.close()
    return True
