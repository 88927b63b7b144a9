"""Style sheets, scripts and pictures."""

from typing import cast

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from runtime.web.access import public
from runtime.web.extensions.assets import Assets

blueprint = Blueprint("static", __name__)

FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("/static/<version>/<path:name>")
@public
def asset(version: str, name: str) -> ResponseReturnValue:
    """Send a file, compressed for browsers that take it so.

    During a deployment a page of one release may ask an instance of another: it gets this
    instance's file, but isn't told to keep it.
    """
    assets = cast(Assets, current_app.extensions["assets"])
    found = assets.get(name)
    if found is None:
        abort(404)
    zipped = request.accept_encodings["gzip"] > 0
    response = Response(found.gzipped if zipped else found.body, content_type=found.media_type)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_EVER if version == assets.version else "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    return response
