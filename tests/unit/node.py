"""Runs scripts of the pages by the Node that is installed with this Python."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def run_by_node(script: str, *arguments: str, given: object = None) -> Any:
    """Run a module and return what it prints, which is JSON.

    Args:
        script: the module's text.
        arguments: what it finds in process.argv from 1 on.
        given: what it reads from standard input, as JSON.
    """
    node = str(Path(sys.executable).parent / "node")
    run = subprocess.run(
        [node, "--no-warnings", "--input-type=module", "--eval", script, *arguments],
        input=json.dumps(given),
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(run.stdout)
