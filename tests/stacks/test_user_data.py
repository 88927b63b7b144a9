"""The script that an instance runs at first boot."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stacks.synthesis import STAGES
from tests.stacks.test_environment import PROCESSES, user_data

EC2_LIMIT_BYTES = 16 * 1024
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"""


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("fleet", PROCESSES)
def test_should_be_sound_shell_and_short_when_rendered(stage: str, fleet: str) -> None:
    script = user_data(stage, fleet)
    assert len(script.encode()) < EC2_LIMIT_BYTES / 4
    checked = subprocess.run(
        [str(Path(sys.executable).parent / "shellcheck"), "--shell=bash", "-"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
