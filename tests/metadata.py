"""EC2's instance metadata service, version 2, as tests play it: items that they set."""

import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Item = str | Callable[[], str]


@dataclass
class PlayedMetadata:
    """The items by their names; one that is callable is asked each time."""

    items: dict[str, Item] = field(default_factory=lambda: {"instance-id": "i-0123456789abcdef0"})
    port: int = 0
    refuses: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What leads an SDK, and our own code, here."""
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{self.port}"}


@contextmanager
def played_metadata(listening: socket.socket | None = None) -> Iterator[PlayedMetadata]:
    """Serve until the end of the block: on a socket that listens already, or on one of loopback."""
    played = PlayedMetadata()
    handler = _handler(played, token=secrets.token_hex(8))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler, bind_and_activate=False)
    if listening is None:
        server.server_bind()
        server.server_activate()
    else:
        server.socket.close()
        server.socket = listening
    played.port = server.socket.getsockname()[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()


def _handler(played: PlayedMetadata, *, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            known = self.path == "/latest/api/token" and not played.refuses
            lifetime = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
            if known and lifetime.isdigit():
                extra = {"X-aws-ec2-metadata-token-ttl-seconds": lifetime}
                self._answer(200, token, extra)
            else:
                self._answer(400 if not played.refuses else 500, "")

        def do_GET(self) -> None:
            if self.headers.get("X-aws-ec2-metadata-token") != token:
                self._answer(401, "")
                return
            item = played.items.get(self.path.removeprefix("/latest/meta-data/"))
            if item is None:
                self._answer(404, "")
            else:
                self._answer(200, item if isinstance(item, str) else item())

        def _answer(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            """Nothing on standard error."""

    return Handler
