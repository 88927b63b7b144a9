"""Programs that use the API at the same time, each with a token of its own.

`python -m bench.api_clients FILE`, in a process of its own: the benchmark's own process is the load
balancer. The file has a `Work` as JSON. Stdout gets a line for each job that has ended.
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from pydantic import BaseModel, ConfigDict

from gas_client.api import Api
from gas_client.errors import ClientError
from gas_client.models import Job
from gas_client.retry import Retry
from gas_client.settings import Settings
from gas_client.upload_state import UploadStates
from gas_client.uploads import Sender
from gas_client.waiting import wait_for

RETRY_SECONDS = 60.0
JOB_SECONDS = 300.0


class Work(BaseModel):
    """What each client does: its files, one after the other."""

    model_config = ConfigDict(frozen=True)

    url: str
    reference: str
    tokens: tuple[str, ...]
    files: tuple[tuple[Path, ...], ...]


class JobTimes(BaseModel):
    """Seconds of one job, as its client saw them: until it had started, and until its result."""

    model_config = ConfigDict(frozen=True)

    started: float
    ended: float


class _Clients:
    def __init__(self, work: Work, folder: Path) -> None:
        self._work = work
        self._folder = folder
        self._lock = Lock()

    def run(self, client: int) -> None:
        """Submit a client's files, each once the result of the one before is there.

        Raises:
            ClientError: a job failed, or the service refused it.
        """
        settings = Settings(self._work.url, self._work.tokens[client])
        states = UploadStates(self._folder / str(client), settings)
        with Api(settings, Retry(RETRY_SECONDS, _say)) as api:
            sender = Sender(api, states)
            for file in self._work.files[client]:
                times = self._submit(sender, file)
                with self._lock:
                    sys.stdout.write(times.model_dump_json() + "\n")
                    sys.stdout.flush()

    def _submit(self, sender: Sender, file: Path) -> JobTimes:
        began = time.monotonic()
        job = sender.send(file, reference=self._work.reference, note="", advance=_ignore)
        started = time.monotonic() - began
        wait_for(sender.api, job, until=began + JOB_SECONDS, on_change=_ignore)
        return JobTimes(started=started, ended=time.monotonic() - began)


def _ignore(_: int | Job) -> None: ...


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Do the work of the file that the one argument names."""
    work = Work.model_validate_json(Path(sys.argv[1]).read_text())
    with (
        tempfile.TemporaryDirectory(prefix="gas-bench-") as folder,
        ThreadPoolExecutor(len(work.tokens)) as pool,
    ):
        clients = _Clients(work, Path(folder))
        try:
            list(pool.map(clients.run, range(len(work.tokens))))
        except ClientError as error:
            _say(str(error))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
