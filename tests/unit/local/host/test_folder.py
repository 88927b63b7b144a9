"""The folder of the laptop cloud."""

import subprocess
from pathlib import Path

from local.host.folder import Folder, tool


def test_should_run_scripts_as_commonjs_when_the_tree_above_says_module(tmp_path: Path) -> None:
    """jsii unpacks its runtime below TMPDIR, and starts it with Node."""
    (tmp_path / "package.json").write_text('{"type": "module"}\n')
    folder = Folder(root=tmp_path / ".gas", cache=tmp_path / "cache")
    folder.make()
    script = folder.temporary / "runtime.js"
    script.write_text('console.log(typeof require("node:fs").readFileSync);\n')

    run = subprocess.run([str(tool("node")), str(script)], capture_output=True, check=False)

    assert run.stdout.decode().strip() == "function", run.stderr.decode()
