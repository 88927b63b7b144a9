"""A bare Flask app with one template, run by the same server and workers as the site.

`python -m bench.bare_site PORT TEMPLATE`: the cost of Flask itself, as a reference.
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
