"""One request to a webhook: to the address that was checked, within bounds, without redirects."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

from runtime.common.webhook_addresses import BadAddress, Target, parse, resolve
from runtime.common.webhooks import Webhook
from runtime.webhooks.signature import HEADER, signature

CONNECT_SECONDS = 5.0
"""For each address of a host, of which up to MOST_ADDRESSES are tried."""

MOST_ADDRESSES = 2

TOTAL_SECONDS = 15.0
"""For connection, request and answer together, however slowly the answer comes."""

ANSWER_BYTES = 500
"""Of the answer's body this much is read, to be shown to the webhook's owner."""

Limit = Callable[[Callable[[], None]], AbstractContextManager[object]]
"""Calls a function if a block lasts longer than allowed."""


@dataclass(frozen=True)
class Answer:
    """What came of a request; `text` is in part what a stranger's server wrote."""

    delivered: bool
    text: str


@contextmanager
def within_total(too_late: Callable[[], None]) -> Iterator[None]:
    """Call `too_late` in another thread once the block has lasted TOTAL_SECONDS."""
    timer = threading.Timer(TOTAL_SECONDS, too_late)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def post(
    webhook: Webhook,
    body: bytes,
    *,
    any_address: bool,
    clock: Callable[[], float] = time.time,
    limit: Limit = within_total,
) -> Answer:
    """Send `body` to a webhook; only an answer of 200 to 299 means that it was delivered.

    Args:
        any_address: allow addresses that aren't public: `events.any_address` of a stage.
        clock: returns the time of the signature in epoch seconds.
    """
    try:
        target = parse(webhook.url, any_address=any_address)
        addresses = resolve(target, any_address=any_address)[:MOST_ADDRESSES]
    except BadAddress as error:
        return Answer(False, str(error))
    headers = {
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": "GAS-Webhooks/1",
        HEADER: signature(webhook.secret, int(clock()), body),
    }
    connection = _Pinned(target, addresses)
    try:
        with limit(connection.abort):
            connection.request("POST", target.path, body=body, headers=headers)
            response = connection.getresponse()
            said = _beginning(response)
    except (OSError, http.client.HTTPException) as error:
        late = f"No answer within {TOTAL_SECONDS:.0f} s."
        return Answer(False, late if connection.aborted else _fault(error))
    finally:
        connection.close()
    return Answer(200 <= response.status < 300, f"{response.status} {said}".strip())


def _beginning(response: http.client.HTTPResponse) -> str:
    """Return the beginning of the answer's body.

    The status has said whether it was delivered, so it does no harm if the rest doesn't come.
    """
    try:
        return _one_line(response.read1(ANSWER_BYTES).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException):
        return ""


def _one_line(text: str) -> str:
    """Return what a stranger wrote, on one line and without control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _fault(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "No answer in time."
    # It may quote the answer, as where that isn't HTTP.
    return _one_line(f"{type(error).__name__}: {error}")[:ANSWER_BYTES]


class _Pinned(http.client.HTTPConnection):
    """A connection to one of these IP addresses, for the host that they were resolved from."""

    def __init__(self, target: Target, addresses: Sequence[str]) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self._target = target
        self._addresses = addresses
        # Not `sock`: http.client forgets that one when an answer's head says that the connection
        # ends with it, and `abort` must find what the rest of the answer comes by.
        self._open: socket.socket | None = None
        self.aborted = False

    def connect(self) -> None:
        """Connect; the certificate must be of the host, by name."""
        self.sock = self._open = self._connected()
        self.sock.settimeout(TOTAL_SECONDS)
        if self._target.https:
            context = ssl.create_default_context()
            # `abort` must find the socket that the handshake waits at.
            self.sock = self._open = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _connected(self) -> socket.socket:
        for address in self._addresses[:-1]:
            with suppress(OSError):
                return socket.create_connection((address, self.port), self.timeout)
        return socket.create_connection((self._addresses[-1], self.port), self.timeout)

    def abort(self) -> None:
        """End whatever the connection waits for; called in another thread."""
        self.aborted = True
        if self._open is not None:
            # Not the method of SSLSocket, which takes away what the other thread works with.
            with suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(self._open, socket.SHUT_RDWR)
