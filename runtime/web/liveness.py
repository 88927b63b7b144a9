"""Tells systemd that the server lives: a thread of the main process that asks it as a browser does.

The main process merely waits for its workers, so that its own loop proves nothing; a page that
came back does. Which page doesn't matter, nor what it says: whether the instance can do its work
is the load balancer's question, and no restart would mend what lies outside of it.
"""

import http.client
import os
import threading

from runtime.common import systemd
from runtime.common.log import get_logger
from runtime.contract.site import HEALTH_PATH

TIMEOUT_SECONDS = 30.0
EVERY_SECONDS = 20.0
FIRST_EVERY_SECONDS = 0.2
"""Until it answers for the first time, and counts as started."""

log = get_logger(__name__)


def watch(port: int) -> None:
    """Start to watch over the server on `port` of this machine, where there is a systemd to tell.

    To be called in the main process: systemd listens to no other one.
    """
    if os.environ.get(systemd.SOCKET):
        threading.Thread(target=_watch, args=(port,), name="liveness", daemon=True).start()


def _watch(port: int) -> None:
    pause = threading.Event()
    while not answers(port):
        pause.wait(FIRST_EVERY_SECONDS)
    systemd.ready()
    while True:
        if answers(port):
            systemd.alive()
        pause.wait(EVERY_SECONDS)


def answers(port: int, timeout_seconds: float = TIMEOUT_SECONDS) -> bool:
    """Whether the server on `port` of this machine answers a request, with whatever status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("GET", HEALTH_PATH)
        connection.getresponse().read()
    except ConnectionRefusedError:
        return False  # it doesn't listen yet, or any more
    except (OSError, http.client.HTTPException) as error:
        log.warning("the server gives no answer", error=str(error))
        return False
    finally:
        connection.close()
    return True
