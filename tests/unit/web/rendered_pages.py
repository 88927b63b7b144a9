"""Every kind of page that the tests of web render, held against the rules of HTML.

https://html-validate.org/rules/
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, request

REPOSITORY = Path(__file__).parents[3]
VALIDATOR = REPOSITORY / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
RULES = REPOSITORY / "htmlvalidate.config.mjs"

_TEXT = re.compile(r">[^<]+<")
_VARIABLE = re.compile(r'(?<= )(?:value|href|content|datetime|title|d|x|y|width)="[^"]*"|\d+')


@dataclass
class RenderedPages:
    """Keeps one page of each shape: those that differ only in words and numbers are alike."""

    folder: Path
    _shapes: set[str] = field(default_factory=set)

    def collect_from(self, app: Flask) -> None:
        """Keep what `app` answers from now on."""
        app.after_request(self.keep)

    def keep(self, response: Response) -> Response:
        """Keep a page; redirects have a text that no browser shows."""
        if response.mimetype == "text/html" and response.location is None:
            text = response.get_data(as_text=True)
            shape = _VARIABLE.sub("", _TEXT.sub("><", text))
            if text and shape not in self._shapes:
                self._shapes.add(shape)
                name = f"{len(self._shapes)}-{request.endpoint}-{response.status_code}.html"
                (self.folder / name).write_text(text, encoding="utf-8")
        return response

    def validate(self) -> None:
        """Fail when a page breaks a rule."""
        if not self._shapes:
            return
        node = str(Path(sys.executable).parent / "node")
        run = subprocess.run(
            [node, str(VALIDATOR), "--config", str(RULES), f"{self.folder}/*.html"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
