"""gas-client against the real app and a real storage."""

from functools import partial
from pathlib import Path

import httpx
import pytest

from gas_client import cli
from gas_client.api import Api
from runtime.common.users import Role
from tests.unit.web.api.client import Program
from tests.unit.web.api.test_resumable_uploads import FILE
from tests.unit.web.site import SITE_URL, VCF, Site


class AppOrNetwork(httpx.BaseTransport):
    """Sends requests to the app in this process, and all others to the network."""

    def __init__(self, site: Site) -> None:
        self._app = httpx.WSGITransport(app=site.app)
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        to_app = str(request.url).startswith(SITE_URL)
        return (self._app if to_app else self._network).handle_request(request)

    def close(self) -> None:
        self._network.close()


@pytest.fixture(autouse=True)
def _connected(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = site.user(role=Role.PREMIUM_USER)
    header = Program(site, user).headers["Authorization"]
    monkeypatch.setenv("GAS_TOKEN", header.removeprefix("Bearer "))
    monkeypatch.setenv("GAS_URL", SITE_URL)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(cli, "Api", partial(Api, transport=AppOrNetwork(site)))


@pytest.mark.parametrize("content", [VCF, FILE])
def test_should_start_a_job_when_a_file_is_submitted(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "a.vcf"
    file.write_bytes(content)

    assert cli.main(["submit", str(file), "--note", "trio"]) == 0

    job_id = capsys.readouterr().out.split()[-1]  # the app logs to stdout too, in this process
    job = site.jobs.require(job_id)
    assert (job.note, job.input_size, job.reference) == ("trio", len(content), "rcrs")
    stored = site.s3.get_object(Bucket=job.s3_inputs_bucket, Key=job.s3_key_input_file)
    assert stored["Body"].read() == content

    assert cli.main(["list", "--search", "trio"]) == 0
    assert job.job_id in capsys.readouterr().out
    assert cli.main(["show", job.job_id, "--json"]) == 0
    assert '"state": "PENDING"' in capsys.readouterr().out
