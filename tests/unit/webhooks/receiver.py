"""A receiver of webhooks: an HTTP server of this machine that answers as a test says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from typing import Any

PAGE = Path(__file__).parents[3] / "docs/webhooks.md"


@dataclass
class Receiver:
    """What arrived, and what is answered.

    Attributes:
        before_answer: called when a request has arrived.
        before_body: called when the answer's head has been sent.
    """

    url: str = ""
    status: int = 200
    answer: bytes = b"thanks"
    location: str = ""
    before_answer: Callable[[], None] = lambda: None
    before_body: Callable[[], None] = lambda: None
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self.url.split(":")[2].split("/")[0])


@contextmanager
def receiving(certificate: SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver until the block ends, over HTTPS if it has a certificate."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((self.path, dict(self.headers), body))
            receiver.before_answer()
            try:
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()
                receiver.before_body()
                self.wfile.write(receiver.answer)
            except OSError:
                return  # the other side has hung up

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A test says what a broken connection means."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    scheme = "https" if certificate else "http"
    receiver.url = f"{scheme}://127.0.0.1:{server.server_port}/gas?from=test"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def documented_verify() -> Any:
    """Return the function that the documentation shows to whoever runs a receiver."""
    page = PAGE.read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)
    return names["verify"]
