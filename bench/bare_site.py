"""A bare Flask app with one template, under the server and the workers that the site has.

`python -m bench.bare_site PORT TEMPLATE`: what Flask itself costs, to measure ours by.
"""

import os
import sys
from pathlib import Path

from flask import Flask, render_template

from runtime.web.__main__ import serve

VARIABLE = "BARE_TEMPLATE"


def application() -> Flask:
    """Return the app: one page, rendered for every request."""
    template = Path(os.environ[VARIABLE])
    app = Flask(__name__, template_folder=str(template.parent), static_folder=None)

    @app.get("/")
    def page() -> str:
        return render_template(template.name, name="GAS")

    return app


def main() -> None:
    """Serve until SIGTERM."""
    port, template = sys.argv[1:]
    os.environ[VARIABLE] = template
    serve("bench.bare_site:application", port=int(port))


if __name__ == "__main__":
    main()
