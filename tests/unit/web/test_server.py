"""The process as it is deployed: granian, two workers, real signals."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from botocore.exceptions import ClientError

import runtime
from runtime.common.process import EXIT_CONFIG
from runtime.contract.processes import WebConfig
from runtime.web.server import in_background, start_clean_up
from tests.emulator import Emulator, free_port
from tests.notified import notified
from tests.unit.web.parts import create_parts

READY_WITHIN_SECONDS = 60
Environment = dict[str, str]


@pytest.fixture(scope="module")
def app_folder(tmp_path_factory: pytest.TempPathFactory, vendor: Path) -> Path:
    """The runtime as an instance has it: with third-party files in their place."""
    folder = tmp_path_factory.mktemp("app")
    shutil.copytree(Path(runtime.__file__).parent, folder / "runtime")
    shutil.copytree(vendor, folder / "runtime/web/static/vendor", dirs_exist_ok=True)
    return folder


@pytest.fixture
def environment(emulator: Emulator, app_folder: Path, files: Path) -> Environment:
    """What the process reads, on a port of its own."""
    config = create_parts(emulator, files).config
    named = config.model_copy(update={"http_port": free_port()}).to_variables()
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(app_folder)}
    return {**path, **emulator.environment, **named}


@contextmanager
def serving(environment: Environment) -> Iterator["subprocess.Popen[str]"]:
    """Start the server; kill at the end what still runs of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime.web"],
        env=environment,
        cwd=environment["PYTHONPATH"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Its workers too: they outlive a parent that is killed.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def url(environment: Environment, path: str) -> str:
    return f"http://127.0.0.1:{environment['GAS_HTTP_PORT']}{path}"


def wait_until_ready(process: "subprocess.Popen[str]", environment: Environment) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url(environment, "/sign-in"), timeout=30).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"not ready: {process.communicate()[0] if process.poll() else 'silent'}")


def test_should_serve_and_log_json_when_the_environment_is_right(
    environment: Environment, tmp_path: Path
) -> None:
    with (
        notified(tmp_path) as systemd,
        serving(environment | {"NOTIFY_SOCKET": str(systemd.path)}) as process,
    ):
        wait_until_ready(process, environment)
        assert systemd.next(READY_WITHIN_SECONDS) == "READY=1"
        assert systemd.next(READY_WITHIN_SECONDS) == "WATCHDOG=1"
        health = httpx.get(url(environment, "/health"), timeout=30)
        assert (health.status_code, health.json()["status"]) == (200, "ok")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    lines = [json.loads(line) for line in output.splitlines()]
    assert {line["process"] for line in lines} == {"web"}
    assert any(line["message"] == "request" and line["path"] == "/sign-in" for line in lines)


def test_should_end_naming_every_variable_when_the_environment_is_wrong(
    environment: Environment,
) -> None:
    wrong = environment | WebConfig.variables(site_url="ftp://x", free_max_upload_bytes="many")
    del wrong["GAS_USERS_TABLE"]
    with serving(wrong) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_CONFIG
    for name in ("GAS_SITE_URL", "GAS_FREE_MAX_UPLOAD_BYTES", "GAS_USERS_TABLE"):
        assert name in output


def test_should_end_when_the_session_secret_cannot_be_read(
    emulator: Emulator, environment: Environment
) -> None:
    arn = environment["GAS_SESSION_SECRET_ARN"]
    secrets = emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)
    secrets.put_secret_value(SecretId=arn, SecretString="short")
    with serving(environment) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the session secret has less than 32 characters" in output


@dataclass
class Gate:
    """Stands where DynamoDB should: keeps each request waiting until it is opened, then refuses."""

    entered: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def standing(self) -> Iterator[str]:
        """Yield the gate's address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self.opened.set()
            server.shutdown()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                if b"job_id" not in asked:  # the example's job is looked for at the start
                    gate.entered.set()
                gate.opened.wait(60)
                body = b'{"__type": "AccessDeniedException", "message": "closed"}'
                self.send_response(400)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        return Handler


def test_should_answer_what_is_in_flight_when_told_to_stop(environment: Environment) -> None:
    gate = Gate()
    with gate.standing() as address, ThreadPoolExecutor() as pool:
        with serving(environment | {"AWS_ENDPOINT_URL_DYNAMODB": address}) as process:
            wait_until_ready(process, environment)
            answer = pool.submit(sign_in, environment)
            assert gate.entered.wait(60)
            process.send_signal(signal.SIGTERM)
            read_until(process, lambda line: "Shutting down" in line)
            gate.opened.set()
            assert answer.result(60).status_code == 503
            process.communicate(timeout=60)
        assert process.returncode == 0


def sign_in(environment: Environment) -> httpx.Response:
    """Send a sign-in form, which has to ask DynamoDB."""
    with httpx.Client() as session:
        page = session.get(url(environment, "/sign-in"), timeout=60).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"email": "a@example.org", "password": "b", "csrf_token": token}
        return session.post(url(environment, "/sign-in"), data=form, timeout=60)


def read_until(process: "subprocess.Popen[str]", found: Callable[[str], bool]) -> None:
    """Read the process's output up to a line, which must come before its end."""
    assert process.stdout
    assert any(found(line) for line in process.stdout)


def test_should_ask_for_the_example_until_aws_answers() -> None:
    called = threading.Semaphore(0)
    answers = iter([ClientError({"Error": {"Code": "Throttling"}}, "GetItem"), None])

    def ensure() -> None:
        called.release()
        if fault := next(answers):
            raise fault

    in_background("example", ensure, 0.001, ClientError)
    assert all(called.acquire(timeout=30) for _ in range(2))


def test_should_clean_up_again_when_it_has_failed() -> None:
    called = threading.Semaphore(0)
    times = iter(range(3))

    def clean_up() -> None:
        called.release()
        if next(times, None) is None:
            threading.Event().wait()  # as the thread never ends, and each failure is a long log
        raise PermissionError

    start_clean_up(clean_up, every_seconds=0.001)
    assert all(called.acquire(timeout=30) for _ in range(4))
