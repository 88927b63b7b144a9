"""The genome browser's page and the files that it reads: ranges, and who may have them."""

import html
import json
import re
from pathlib import Path

import pytest

import runtime.web
from runtime.annotator.bundle import load
from runtime.annotator.csq_field import fields
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.blueprints.genome import WINDOW_BASES, WINDOW_RECORDS, window_bases
from tests.unit.web.job_states import running
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.results import annotated


@pytest.fixture(scope="module")
def user(site: Site) -> User:
    return site.user()


@pytest.fixture(scope="module")
def job(site: Site, user: User) -> Job:
    return annotated(site, user, vcf_of(RECORDS))


@pytest.mark.parametrize(
    ("region", "locus"),
    [
        ("", "MT:1-16569"),
        ("chrM:3243", "MT:3203-3283"),
        ("mt:3230-3304", "MT:3190-3344"),
        ("3243", "MT:3203-3283"),
        ("MT:5-16560", "MT:1-16569"),
        ("MT:16500-20", "MT:1-16569"),
        ("MT:20000-20010", "MT:1-16569"),
        ("chr1:1000", "MT:1-16569"),
        ("HLA-A*01:01:01:01:5-9", "MT:1-16569"),
    ],
)
def test_should_begin_around_the_region(
    browser: Browser, job: Job, region: str, locus: str
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/genome?region={region}").text
    assert f'data-locus="{locus}"' in page
    unknown = region.startswith(("chr1", "HLA"))
    assert ("The reference has no contig" in page) is unknown
    if unknown:
        assert f"no contig {region.rpartition(':')[0]}. You see" in page


@pytest.mark.parametrize(
    ("length", "records", "window"),
    [
        (16_569, None, WINDOW_BASES),
        (16_569, 0, WINDOW_BASES),
        (16_569, 353, WINDOW_BASES),
        (16_569, 2 * WINDOW_RECORDS, 8_284),
        (3_100_000_000, 775_000_000, 4 * WINDOW_RECORDS),
        (1, 10**9, 1),
    ],
)
def test_should_draw_less_of_a_track_when_it_is_dense(
    length: int, records: int | None, window: int
) -> None:
    assert window_bases(length, records) == window


def test_should_tell_where_the_effects_are_when_a_variant_is_drawn(
    browser: Browser, job: Job
) -> None:
    page = html.unescape(browser.get(f"/jobs/{job.job_id}/genome").text)
    assert 'data-tag="CSQ"' in page
    assert """data-codes="{"MT": 2}\"""" in page


def test_should_read_tracks_by_their_indexes_when_the_reference_has_some(
    invented_site: Site,
) -> None:
    user = invented_site.user()
    sample = load(invented_site.reference.folder).sample_path
    assert sample
    found = annotated(invented_site, user, sample.read_text())
    browser = invented_site.browser(user)
    page = html.unescape(browser.get(f"/jobs/{found.job_id}/genome").text)
    [attribute] = re.findall(r"data-tracks=\"(\[.*?\])\"", page)
    [track] = json.loads(attribute)
    assert (track["name"].split()[0], track["format"]) == ("known", "vcf")
    assert track["window"] == WINDOW_BASES
    for address in (track["url"], track["index"]):
        with browser.client.get(address, headers={"Range": "bytes=0-1"}) as part:
            assert (part.status_code, part.data) == (206, b"\x1f\x8b")
    assert f'data-search="/jobs/{found.job_id}/genes"' in page


def test_should_find_the_fields_that_the_scripts_show_at_their_places() -> None:
    folder = Path(runtime.web.__path__[0]) / "static" / "js" / "genome"
    csq = fields(predictions=False)
    [impact] = re.findall(r"const IMPACT = (\d+);", (folder / "colours.js").read_text())
    assert csq[int(impact)] == "IMPACT"
    [shown] = re.findall(r"const SHOWN = (\[.*\]);", (folder / "popup.js").read_text())
    names = ["Consequence", "IMPACT", "SYMBOL", "Feature", "HGVSc", "HGVSp"]
    assert [csq[at] for at in json.loads(shown)] == names


def test_should_allow_two_style_sheets_and_no_others_when_the_browser_loads(
    browser: Browser, job: Job
) -> None:
    policy = browser.get(f"/jobs/{job.job_id}/genome").headers["Content-Security-Policy"]
    styles = re.search(r"style-src ([^;]+)", policy)
    assert styles
    assert re.fullmatch(r"'self'( 'sha256-[\w+/]{43}='){2}", styles[1])
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_should_send_small_files_and_ranges_in_one_piece(
    site: Site, browser: Browser, job: Job
) -> None:
    key = job.result_keys.vcf
    whole = site.s3.get_object(Bucket=site.config.results_bucket, Key=key)["Body"].read()
    path = f"/jobs/{job.job_id}/genome/variants.vcf.gz"
    assert browser.get(path).data == whole
    for byte_range, first in (("bytes=5-", 5), ("bytes=0-99999999", 0)):
        answer = browser.client.get(path, headers={"Range": byte_range})
        assert (answer.status_code, answer.data) == (206, whole[first:])
    part = browser.client.get(path, headers={"Range": "bytes=5-14"})
    # In one piece, or a slow reader would hold a thread of the server.
    assert (part.status_code, list(part.iter_encoded())) == (206, [whole[5:15]])
    assert part.headers["Content-Range"] == f"bytes 5-14/{len(whole)}"
    beyond = browser.client.get(path, headers={"Range": f"bytes={len(whole) + 5}-{len(whole) + 9}"})
    assert beyond.status_code == 416


def test_should_send_no_more_than_fits_into_memory_and_lead_to_s3_for_the_rest(
    site: Site, browser: Browser, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = job.result_keys.vcf
    whole = site.s3.get_object(Bucket=site.config.results_bucket, Key=key)["Body"].read()
    for module in ("runtime.web.services.file_parts", "runtime.web.blueprints.genome"):
        monkeypatch.setattr(f"{module}.MAX_PART_BYTES", 10)
    path = f"/jobs/{job.job_id}/genome/variants.vcf.gz"
    for byte_range in ("bytes=5-", "bytes=5-99999999"):
        answer = browser.client.get(path, headers={"Range": byte_range})
        assert (answer.status_code, answer.data) == (206, whole[5:15])
        assert answer.headers["Content-Range"] == f"bytes 5-14/{len(whole)}"
    led = browser.get(path)
    assert (led.status_code, "X-Amz-Signature" in led.location) == (302, True)


def test_should_say_so_when_there_is_no_index(site: Site, user: User, browser: Browser) -> None:
    unsorted = annotated(site, user, vcf_of(RECORDS[::-1]))
    assert "can't be shown here" in browser.get(f"/jobs/{unsorted.job_id}/genome").text
    index = browser.get(f"/jobs/{unsorted.job_id}/genome/variants.vcf.gz.tbi")
    assert (index.status_code, "no such file" in index.text) == (409, True)


def test_should_answer_with_a_sentence_when_there_is_nothing_to_show(
    site: Site, user: User, browser: Browser, job: Job
) -> None:
    waiting = running(site, user, 10)
    assert browser.get(f"/jobs/{waiting.job_id}/genome").status_code == 409
    wrong = browser.get(f"/jobs/{job.job_id}/genome?region=MT:x")
    assert (wrong.status_code, "contig:start-end" in wrong.text) == (400, True)


def test_should_name_contigs_by_all_their_names(browser: Browser) -> None:
    assert browser.get("/reference/rcrs/aliases.txt").text == "MT\tchrM\tM\tNC_012920.1\tchrMT\n"


def test_should_read_the_index_that_there_is_when_contigs_are_too_long_for_tbi(site: Site) -> None:
    manifest = site.reference.manifest
    longer = manifest.model_copy(update={"checksums": {f"{manifest.genes}.csi": "sha256:0"}})
    assert manifest.index_of(manifest.genes) == f"{manifest.genes}.tbi"
    assert longer.index_of(manifest.genes) == f"{manifest.genes}.csi"
