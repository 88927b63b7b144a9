"""Answers against the official documents of GA4GH, of which `schemas/` holds the schemas.

`x-source` in each file names its source, version and licence.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

FOLDER = Path(__file__).parent / "schemas"


def check(answer: TestResponse, document: str, path: str, method: str = "get") -> Any:
    """Return an answer's JSON, which must be as the document says for its status.

    Args:
        document: such as `drs-1.4.0`.
        path: as the document writes it.
    """
    official = _document(document)
    statuses = official["paths"][path][method]["responses"]
    assert str(answer.status_code) in statuses, answer.text
    described = _resolved(official, statuses[str(answer.status_code)])
    if "content" not in described:
        return None
    assert answer.mimetype in described["content"]
    schema = {**described["content"][answer.mimetype]["schema"], **official}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer.get_json())
    return answer.get_json()


@cache
def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def _resolved(official: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    reference = described.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = (
        official["components"]["responses"][reference] if reference else described
    )
    return found
