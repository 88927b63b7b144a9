"""What a benchmark ends when it ends: its own processes, and no others."""

import subprocess
import sys

from bench.processes import no_process_left

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_should_end_what_was_started_in_it_and_nothing_else() -> None:
    before = subprocess.Popen(SLEEPER)
    try:
        with no_process_left():
            started = subprocess.Popen(SLEEPER)
        assert started.poll() is not None
        assert before.poll() is None
    finally:
        before.kill()
        before.wait()
