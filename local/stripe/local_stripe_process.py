"""The process that `local_stripe.py` runs: localstripe, with what it lacks.

It listens on 127.0.0.1 alone, and keeps its store in a given file instead of /tmp.
"""

import logging
import pickle
import sys
from pathlib import Path

from aiohttp import web
from localstripe import resources, server, webhooks

from local.stripe import invoices
from local.stripe.api_objects import bring_up_to_date, show_price
from local.stripe.deleted_customers import remember_deleted, show_deleted
from local.stripe.idempotency import IdempotencyKeys
from local.stripe.subscriptions import cancel_once, end_period, reach_cancel_at
from local.stripe.webhooks import deliver


def keep_store(file: Path) -> None:
    """Read the store from `file`, and write it after each request that may change it."""
    store = resources.Store
    # The server's middleware writes it once per request; don't write it with each object too.
    store.__setitem__, store.__delitem__ = dict.__setitem__, dict.__delitem__
    if file.exists():
        resources.store.update(pickle.loads(file.read_bytes()))  # noqa: S301 - our own file

    def dump(_: object) -> None:
        part = file.with_suffix(".part")
        part.write_bytes(pickle.dumps(dict(resources.store)))
        part.replace(file)

    store.dump_to_disk = dump


def run(port: int, file: Path) -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # webhooks.py logs each delivery
    keep_store(file)
    bring_up_to_date(f"http://127.0.0.1:{port}")
    remember_deleted()
    webhooks._send_webhook = deliver
    app = server.app
    # Outermost: a repeated request doesn't reach localstripe.
    app.middlewares.insert(0, IdempotencyKeys().middleware)
    # Innermost: the API key has already been checked.
    app.middlewares.extend([invoices.pay, invoices.void, cancel_once, show_deleted])
    routes = app.router
    routes.add_post("/_config/subscriptions/{id}/end_period", end_period)
    routes.add_post("/_config/subscriptions/{id}/reach_cancel_at", reach_cancel_at)
    # Under a path for which localstripe needs no API key.
    routes.add_get("/_config/invoices/{id}", invoices.show)
    routes.add_get("/v1/prices/{id}", show_price)
    web.run_app(app, host="127.0.0.1", port=port, access_log=logging.getLogger("access"))


if __name__ == "__main__":
    run(int(sys.argv[1]), Path(sys.argv[2]))
