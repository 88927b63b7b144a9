"""Locust is run as it should be: bounded, and with its own process told all it needs."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loadtest.load_test_error import LoadTestError
from loadtest.locust_process import Files, Job, command, run_locust
from loadtest.profiles import HOME, REGISTER, RESEARCHER
from loadtest.settings import Settings


def test_should_bound_the_run_when_locust_is_started(tmp_path: Path) -> None:
    job = Job(
        user_class="HomePage", site_url="http://127.0.0.1:1", users=200, users_per_s=20, seconds=302
    )

    options = " ".join(command(job, Files(tmp_path)))

    assert "--headless --host http://127.0.0.1:1 --users 200 --spawn-rate 20" in options
    assert "--run-time 302s" in options
    assert options.endswith(" HomePage")


@pytest.mark.parametrize(
    "settings",
    [
        Settings(folder=Path("/tmp/run"), max_requests=5),
        Settings(
            folder=Path("/tmp/run"),
            max_requests=5,
            vcf=Path("/tmp/x.vcf"),
            outbox_url="http://127.0.0.1:4566/mails",
        ),
    ],
)
def test_should_tell_the_process_all_settings_when_it_is_started(settings: Settings) -> None:
    assert Settings.of(settings.variables()) == settings


def test_should_come_as_the_originals_users_did_when_nothing_else_is_asked_for() -> None:
    assert (HOME.users, HOME.users_per_s, HOME.seconds) == (200, 20, 302)
    assert (REGISTER.users, REGISTER.users_per_s, REGISTER.seconds) == (100, 5, 522)


def test_should_know_every_profiles_users_when_locust_reads_its_file(tmp_path: Path) -> None:
    users = Path(__file__).parents[3] / "loadtest" / "users.py"
    variables = Settings(folder=tmp_path, max_requests=1).variables()

    listed = subprocess.run(
        [sys.executable, "-m", "locust", "-f", str(users), "--list"],
        env={"PYTHONPATH": str(users.parents[1]), **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert {HOME.user_class, REGISTER.user_class, RESEARCHER.user_class} <= set(listed)


@dataclass
class Site:
    """A site that answers everything, and tells that it was asked."""

    url: str
    asked: threading.Event


@pytest.fixture
def site() -> Iterator[Site]:
    asked = threading.Event()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            asked.set()

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - its base's name
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Site(f"http://127.0.0.1:{server.server_port}", asked)
        server.shutdown()
        thread.join()


def test_should_write_what_there_is_when_ctrl_c_ends_it_early(tmp_path: Path, site: Site) -> None:
    job = Job(user_class="HomePage", site_url=site.url, users=2, users_per_s=2, seconds=60)
    files = Files(tmp_path)

    def press_ctrl_c() -> None:
        if site.asked.wait(30):
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press_ctrl_c).start()
    whole = run_locust(job, Settings(folder=tmp_path, max_requests=1000), files)

    assert not whole
    assert files.requests()[-1].figures.requests > 0
    assert files.failures() == []
    assert files.report.stat().st_size > 0


def test_should_say_so_when_locust_fails(tmp_path: Path) -> None:
    job = Job(user_class="Nobody", site_url="http://127.0.0.1:1", users=1, users_per_s=1, seconds=1)

    with pytest.raises(LoadTestError, match="exit code"):
        run_locust(job, Settings(folder=tmp_path, max_requests=1), Files(tmp_path))
