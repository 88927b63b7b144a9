"""Listens to a browser for what must never happen on any page."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

EXPECTED = "Failed to load resource"
"""What Chromium writes of every answer of 400 and more: tests ask for such answers."""


@dataclass
class Watch:
    """Collects breaches of the content security policy, script errors and foreign requests.

    Args:
        allowed: what the addresses of all requests may begin with.
    """

    allowed: tuple[str, ...]
    faults: list[str] = field(default_factory=list)

    def begin(self, context: BrowserContext) -> None:
        """Listen to all pages of `context`."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.faults.append(f"console: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self.allowed):
            self.faults.append(f"foreign request: {request.url}")
