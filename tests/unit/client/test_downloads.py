"""Downloads that are cut off, and files that are in the way."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gas_client.downloads import SUFFIXES, stem_of
from runtime.common.keys import ResultNames
from tests.unit.client.conftest import Run
from tests.unit.client.fake_service import RESULT, FakeService

NAME = "x.annot.vcf.gz"
DATA = RESULT[NAME][1]


class CutOff(httpx.SyncByteStream):
    """A body that breaks off after some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __iter__(self) -> Iterator[bytes]:
        yield self._data
        raise httpx.ReadError("connection reset")


@pytest.fixture
def job(service: FakeService) -> str:
    service.jobs["j1"] = {"job_id": "j1", "file_name": "x.vcf", "state": "COMPLETED"}
    return "j1"


def ranges(service: FakeService) -> list[str]:
    return [each.headers["Range"] for each in service.sent("GET", f"/get/{NAME}")]


def test_should_ask_for_the_rest_when_a_download_is_cut_off(
    run: Run, service: FakeService, job: str, tmp_path: Path
) -> None:
    def fault(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == f"/get/{NAME}" and request.headers["Range"] == "bytes=0-":
            return httpx.Response(206, stream=CutOff(DATA[:100]))
        return None

    service.fault = fault

    ran = run("get", job, "--out", tmp_path, "--json")

    assert ran.code == 0
    assert (tmp_path / NAME).read_bytes() == DATA
    assert ranges(service) == ["bytes=0-", "bytes=100-"]


def test_should_go_on_where_it_stopped_when_it_is_run_again(
    run: Run, service: FakeService, job: str, tmp_path: Path
) -> None:
    def fault(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == f"/get/{NAME}":
            data = DATA[:100] if request.headers["Range"] == "bytes=0-" else b""
            return httpx.Response(206, stream=CutOff(data))
        return None

    service.fault = fault
    assert run("get", job, "--out", tmp_path / "out").code == 4
    service.fault, service.requests[:] = None, []
    # What is incomplete has no name that anybody would take for a result.
    assert not list((tmp_path / "out").glob("*.gz"))

    assert run("get", job, "--out", tmp_path / "out").code == 0
    assert (tmp_path / "out" / NAME).read_bytes() == DATA
    assert ranges(service) == ["bytes=100-"]
    assert not list((tmp_path / "out").glob(".*"))


def test_should_begin_anew_when_the_storage_sends_the_whole_file(
    run: Run, service: FakeService, job: str, tmp_path: Path
) -> None:
    (tmp_path / f".{NAME}.j1.part").write_bytes(b"other")
    service.fault = lambda request: (
        httpx.Response(200, stream=httpx.ByteStream(DATA))
        if request.url.path == f"/get/{NAME}"
        else None
    )

    assert run("get", job, "--out", tmp_path).code == 0
    assert (tmp_path / NAME).read_bytes() == DATA


def test_should_save_nothing_when_more_arrives_than_the_service_said(
    run: Run, service: FakeService, job: str, tmp_path: Path
) -> None:
    service.fault = lambda request: (
        httpx.Response(206, stream=httpx.ByteStream(DATA + b"more"))
        if "/get/" in request.url.path
        else None
    )

    ran = run("get", job, "--out", tmp_path / "out")

    assert ran.code == 4
    assert "doesn't arrive as it should" in ran.err
    assert not (tmp_path / "out" / NAME).exists()


def test_should_ask_for_another_address_when_one_has_expired(
    run: Run, service: FakeService, job: str, tmp_path: Path
) -> None:
    expired: list[str] = []

    def fault(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == f"/get/{NAME}" and not expired:
            expired.append(request.url.path)
            return httpx.Response(403, text="<Error><Message>Expired</Message></Error>")
        return None

    service.fault = fault

    assert run("get", job, "--out", tmp_path).code == 0
    assert len(service.sent("GET", ".*/files")) == 2


def test_should_save_only_the_kinds_that_are_wanted(
    run: Run, service: FakeService, job: str, tmp_path: Path
) -> None:
    assert run("get", job, "--out", tmp_path / "out", "--only", "summary").code == 0
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["x.summary.json"]

    ran = run("get", job, "--out", tmp_path / "out", "--only", "genotypes")
    assert ran.code == 2
    assert "The result has no genotypes. It has vcf, summary." in ran.err


def test_should_overwrite_nothing_when_a_file_is_in_the_way(
    run: Run, service: FakeService, job: str, tmp_path: Path
) -> None:
    (tmp_path / "x.summary.json").write_text("mine")

    ran = run("get", job, "--out", tmp_path)

    assert ran.code == 6
    assert (tmp_path / "x.summary.json").read_text() == "mine"
    assert not (tmp_path / NAME).exists()


def test_should_name_results_as_the_service_does() -> None:
    for name in ("x.vcf", "x.vcf.gz", "a.vcf.b.VCF.BGZ"):
        names = vars(ResultNames.of(name))
        assert {kind: stem_of(name) + suffix for kind, suffix in SUFFIXES.items()} == names


@pytest.mark.parametrize("name", ["../x.vcf", "/etc/x", ".bashrc", ""])
def test_should_write_nowhere_else_when_the_service_names_another_folder(
    run: Run, service: FakeService, job: str, tmp_path: Path, name: str
) -> None:
    service.results = {name: ("vcf", b"x")}

    ran = run("get", job, "--out", tmp_path / "a/b")

    assert ran.code == 6
    assert not list(tmp_path.glob("a"))


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        ("ARCHIVED", 3, "Its page says how to get the result back."),
        ("RUNNING", 3, "It has no result yet."),
        ("FAILED", 1, "Line 3 isn't a record."),
    ],
)
@pytest.mark.parametrize("options", [(), ("--only", "vcf")])
def test_should_fail_with_the_reason_when_the_annotated_file_cannot_be_read(  # noqa: PLR0917
    run: Run,
    service: FakeService,
    job: str,
    tmp_path: Path,
    state: str,
    code: int,
    said: str,
    options: tuple[str, ...],
) -> None:
    service.jobs[job] |= {"state": state, "error": "Line 3 isn't a record."}
    del service.results[NAME]

    ran = run("get", job, "--out", tmp_path / "out", *options)

    assert ran.code == code
    assert said in ran.err
    assert "--only summary" in ran.err
    assert not (tmp_path / "out").exists()
    assert run("get", job, "--out", tmp_path / "out", "--only", "summary").code == 0
