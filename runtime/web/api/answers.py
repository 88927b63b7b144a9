"""Answers of the API."""

from flask import Response
from pydantic import BaseModel

JSON = "application/json"


def answer(model: BaseModel, status: int = 200) -> Response:
    """Return a model as JSON."""
    return Response(model.model_dump_json(), status=status, mimetype=JSON)
