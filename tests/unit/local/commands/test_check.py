"""`./gas check`: what it says of a site that works, and of one that doesn't."""

import gzip
import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from local.commands.check import check
from local.commands.person import Person
from local.errors import LocalError
from local.host.http_server import LoopThread, Server
from tests.unit.local.commands.fake_site import PASSWORD, FakeSite

SAMPLE = "##fileformat=VCFv4.2\n#CHROM\tPOS\nMT\t3\t.\tT\tC\t.\t.\t.\nMT\t9\t.\tA\tG\t.\t.\tX\n"
ANNOTATED = SAMPLE.replace("\tX\n", "\tX;CSQ=G|missense_variant\n")


@pytest.fixture
def site(servers: LoopThread) -> Iterator[FakeSite]:
    site = FakeSite(
        states=[{"job_status": "COMPLETED", "progress": 100, "error": None}],
        example=SAMPLE.encode(),
        result=gzip.compress(ANNOTATED.encode()),
    )
    server = Server(site.app())
    servers.run(server.start())
    site.url = f"http://127.0.0.1:{server.port}"
    yield site
    servers.run(server.stop())


def run(site: FakeSite, *, password: str = PASSWORD) -> str:
    output = io.StringIO()
    person = Person(site.url, "smoke@example.org", password)
    check(person, seconds=30, console=Console(file=output, width=200))
    return output.getvalue()


def test_should_annotate_the_sample_and_delete_the_job_when_the_site_works(
    site: FakeSite,
) -> None:
    said = run(site)
    assert "1 of 2 records have annotations" in said
    assert f"{site.url} works." in said
    assert site.received["upload"]["reference"] == "rcrs"
    assert (b"file", SAMPLE.encode()) in [
        (name.encode(), body) for name, body in site.received["parts"]
    ]
    assert site.deleted


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a job that fails": (
        {"states": [{"job_status": "FAILED", "progress": 0, "error": "no disk"}]},
        "The sample's job is FAILED: no disk",
    ),
    "a record too few": (
        {"result": gzip.compress(ANNOTATED.rpartition("MT")[0].encode())},
        "The result has other records than the sample: 1, not 2",
    ),
    "another allele": (
        {"result": gzip.compress(ANNOTATED.replace("\tA\tG", "\tA\tT").encode())},
        "The result has other records than the sample",
    ),
    "no annotation": (
        {"result": gzip.compress(SAMPLE.encode())},
        "No record of the result has an annotation",
    ),
}


@pytest.mark.parametrize(("fault", "words"), FAULTS.values(), ids=FAULTS)
def test_should_say_what_is_wrong_and_keep_the_job_when_the_result_is_wrong(
    site: FakeSite, fault: dict[str, Any], words: str
) -> None:
    for name, value in fault.items():
        setattr(site, name, value)
    with pytest.raises(LocalError, match=words):
        run(site)
    assert not site.deleted


def test_should_say_so_when_a_deleted_job_is_still_there(site: FakeSite) -> None:
    site.keeps_deleted = True
    with pytest.raises(LocalError, match="The job was deleted and is still there"):
        run(site)


def test_should_say_so_when_the_user_may_not_sign_in(site: FakeSite) -> None:
    with pytest.raises(LocalError, match="accept the password of smoke"):
        run(site, password="wrong")


def test_should_wait_when_an_instance_is_still_starting(site: FakeSite) -> None:
    site.unhealthy = 1
    assert f"{site.url} works." in run(site)


def test_should_say_so_when_the_site_stays_unhealthy(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.commands.check.HEALTH_SECONDS", 0)
    site.unhealthy = 10
    with pytest.raises(LocalError, match="/health answered HTTP 503"):
        run(site)
