"""Tells systemd that the server is alive: a thread of the main process that requests a page.

The main process only waits for its workers, so its own loop proves nothing; a response does.
Neither the page nor its status matters: whether the instance can do its work is the load balancer's
question, and no restart would repair what is outside of it.
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
"""Until the first response, when it counts as started."""

log = get_logger(__name__)


def watch(port: int) -> None:
    """Start to watch the server on `port` of this machine, if systemd asks for it.

    Call it in the main process: systemd listens to no other.
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
    """Whether the server on `port` of this machine answers a request, with any status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("GET", HEALTH_PATH)
        connection.getresponse().read()
    except ConnectionRefusedError:
        return False  # it doesn't listen yet, or no longer
    except (OSError, http.client.HTTPException) as error:
        log.warning("the server doesn't answer", error=str(error))
        return False
    finally:
        connection.close()
    return True
