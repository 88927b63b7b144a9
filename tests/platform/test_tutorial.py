"""The first tutorial works as it is written: its shell blocks are run, one after the other."""

import os
import re
import subprocess
from pathlib import Path

from local.host.folder import REPOSITORY
from tests.platform.conftest import Person

TUTORIAL = REPOSITORY / "docs/tutorials/first-file.md"


def test_should_work_as_it_is_written_when_somebody_follows_the_first_tutorial(
    person: Person, tmp_path: Path
) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", TUTORIAL.read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    launcher = tmp_path / "gas"
    launcher.write_text(f'#!/bin/sh\nexec {REPOSITORY / "gas"} "$@"\n')
    launcher.chmod(0o755)
    user = {
        "GAS_URL": person.cloud.site_url,
        "GAS_TOKEN": person.token(),
    }

    done = subprocess.run(
        ["sh", "-eu", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env=os.environ | user,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    [narp] = [line for line in done.stdout.splitlines() if line.startswith("8993\t")]
    for said in ("missense_variant", "MT-ATP6", "p.Leu156Arg"):
        assert said in narp
        assert said in TUTORIAL.read_text()
