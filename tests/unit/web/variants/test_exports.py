"""What a filter leaves, as files: their counts agree with each other and with the table's."""

import gzip
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.variants import exports
from runtime.web.services.variants.explorer import Counts
from runtime.web.services.variants.filters import VariantQuery
from tests.unit.web.site import Browser, Site
from tests.unit.web.test_jobs import running
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.results import annotated, records_of

FILTERS = [
    "",
    "gene=MT-ATP6",
    "gene=MT-ATP6,MT-ATP8&consequence=missense_variant",
    "af_min=0.25",
    "region=MT:16000-100",
    "known=none",
    "gene=NONE",
]


def counts_of(site: Site, job: Job, address: str) -> Counts:
    given: dict[str, list[str]] = {}
    for pair in filter(None, address.split("&")):
        name, _, value = pair.partition("=")
        given.setdefault(name, []).append(value)
    return site.services.variants.counts(job, VariantQuery.read(given).filter)


def table_of(text: str) -> list[dict[str, str]]:
    head, *lines = text.splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.mark.parametrize("address", FILTERS)
def test_should_agree_in_all_formats_and_with_the_table(
    site: Site, browser: Browser, job: Job, address: str
) -> None:
    counts = counts_of(site, job, address)
    base = f"/jobs/{job.job_id}/variants"
    tsv = table_of(browser.get(f"{base}.tsv?{address}").text)
    body = browser.get(f"{base}.parquet?{address}").data
    parquet = pq.read_table(io.BytesIO(body)).to_pylist()
    vcf = records_of(browser.get(f"{base}.vcf.gz?{address}").data)

    assert len(tsv) == len(parquet) == counts.rows
    assert len(vcf) == counts.records
    assert len({(row["record"], row["allele"]) for row in parquet}) == counts.variants
    assert [[row[name] for name in ("record", "allele", "gene")] for row in tsv] == [
        ["" if row[name] is None else str(row[name]) for name in ("record", "allele", "gene")]
        for row in parquet
    ]
    numbers = sorted({row["record"] for row in parquet})
    assert [columns[:5] for columns in vcf] == [
        [contig, str(at), known, ref, alt]
        for contig, at, known, ref, alt, *_ in (RECORDS[number - 1] for number in numbers)
    ]


def test_should_say_the_same_counts_on_the_page(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?gene=MT-ATP6").text
    assert re.search(r"VCF<span[^>]*>2 records", page)
    assert re.search(r"TSV<span[^>]*>3 rows", page)
    assert re.search(r"Parquet<span[^>]*>3 rows", page)


def test_should_keep_every_column_and_the_header_when_records_are_chosen(
    site: Site, browser: Browser, job: Job
) -> None:
    whole = site.s3.get_object(Bucket=site.config.results_bucket, Key=job.s3_key_result_file or "")
    lines = gzip.decompress(whole["Body"].read()).splitlines()
    sent = gzip.decompress(browser.get(f"/jobs/{job.job_id}/variants.vcf.gz?q=Arg340").data)
    chosen = sent.splitlines()
    own = b"##gas_filter=q=Arg340"
    assert [line for line in chosen if line.startswith(b"#") and line != own] == [
        line for line in lines if line.startswith(b"#")
    ]
    assert chosen.index(own) == len([line for line in chosen if line.startswith(b"##")]) - 1
    assert [line for line in chosen if not line.startswith(b"#")] == [
        line for line in lines if b"Arg340" in line or b"\t11778\t" in line
    ]


def test_should_be_bgzip_that_can_be_indexed_when_it_is_a_vcf(
    browser: Browser, job: Job, tmp_path: Path
) -> None:
    file = tmp_path / "x.vcf.gz"
    file.write_bytes(browser.get(f"/jobs/{job.job_id}/variants.vcf.gz?region=MT").data)
    indexing = "import pysam, sys; pysam.tabix_index(sys.argv[1], preset='vcf')"
    subprocess.run([sys.executable, "-c", indexing, file], check=True)
    assert file.with_suffix(".gz.tbi").exists()


@pytest.mark.parametrize("size", [1, 70_000, 300_000])
def test_should_hold_the_same_text_when_blocks_end_anywhere(size: int) -> None:
    lines = [b"x" * 99 + b"\n"] * (size // 100 + 1)
    assert gzip.decompress(b"".join(exports._bgzip(lines))) == b"".join(lines)


def test_should_name_the_file_after_the_upload(browser: Browser, job: Job) -> None:
    whole = browser.get(f"/jobs/{job.job_id}/variants.tsv")
    some = browser.get(f"/jobs/{job.job_id}/variants.vcf.gz?gene=MT-ND4")
    assert whole.headers["Content-Disposition"] == 'attachment; filename="x.variants.tsv"'
    assert some.headers["Content-Disposition"] == 'attachment; filename="x.filtered.vcf.gz"'


@pytest.mark.parametrize("form", ["tsv", "parquet", "vcf.gz"])
def test_should_refuse_with_a_sentence_when_there_is_nothing_to_send(
    site: Site, owner: User, browser: Browser, job: Job, form: str
) -> None:
    wrong = browser.get(f"/jobs/{job.job_id}/variants.{form}?af_min=x")
    assert (wrong.status_code, "a number from 0 to 1" in wrong.text) == (400, True)
    waiting = running(site, owner, 1)
    early = browser.get(f"/jobs/{waiting.job_id}/variants.{form}")
    assert (early.status_code, "no result yet" in early.text) == (409, True)


def test_should_ask_for_patience_when_many_files_are_made_at_once(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = own_site.user()
    job = annotated(own_site, user, vcf_of(RECORDS))
    monkeypatch.setattr("runtime.web.services.variants.engine.SECONDS", 0.2)
    with own_site.services.variants.engine.export(), own_site.services.variants.engine.export():
        answer = own_site.browser(user).get(f"/jobs/{job.job_id}/variants.tsv")
    assert (answer.status_code, "Try again in a minute" in answer.text) == (503, True)


def test_should_free_its_place_when_the_reader_leaves(site: Site, job: Job) -> None:
    service = exports.Exports(site.services.variants, site.services.results)
    for _ in range(5):
        stream: Any = service.tsv(job, VariantQuery().filter)
        next(stream)
        stream.close()


def test_should_answer_with_a_page_when_the_query_fails_at_once(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = own_site.user()
    job = annotated(own_site, user, vcf_of(RECORDS))
    monkeypatch.setattr("runtime.web.services.variants.engine.EXPORT_SECONDS", 0)
    for form in ("tsv", "parquet", "vcf.gz"):
        answer = own_site.browser(user).get(f"/jobs/{job.job_id}/variants.{form}")
        assert (answer.status_code, "Content-Disposition" in answer.headers) == (503, False)


def test_should_end_with_a_line_that_says_so_when_a_table_breaks_off(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.web.services.variants.engine.ROWS", 2)
    job = annotated(own_site, own_site.user(), vcf_of(RECORDS))
    engine = own_site.services.variants.engine
    cursors = []
    make = engine._cursor

    def noted() -> Any:
        cursors.append(make())
        return cursors[-1]

    monkeypatch.setattr(engine, "_cursor", noted)
    service = exports.Exports(own_site.services.variants, own_site.services.results)
    stream = service.tsv(job, VariantQuery().filter)
    begun = [next(stream), next(stream)]
    cursors[-1].interrupt()  # as the alarm does
    *lines, last = b"".join([*begun, *stream]).decode().splitlines()
    assert lines[0].startswith("record\tcontig")
    assert last.startswith("#INCOMPLETE: the query took longer than it may; ")
    with engine.export(), engine.export():
        """Both turns are free."""


@pytest.mark.parametrize("size", [1000, 100_000])
def test_should_be_no_whole_bgzip_when_a_vcf_breaks_off(
    own_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int
) -> None:
    monkeypatch.setattr(exports, "CHUNK", size)
    monkeypatch.setattr(exports, "BLOCK_BYTES", 500)
    user = own_site.user()
    job = annotated(own_site, user, vcf_of(RECORDS))
    place: Any = {"Bucket": own_site.config.results_bucket, "Key": job.s3_key_result_file}
    whole = own_site.s3.get_object(**place)["Body"].read()
    own_site.s3.put_object(**place, Body=whole[:-60])
    answer = own_site.browser(user).get(f"/jobs/{job.job_id}/variants.vcf.gz")
    if size > 50_000:  # nothing had been sent
        assert answer.status_code == 500
        return
    assert answer.status_code == 200
    assert answer.data.startswith(b"\x1f\x8b")
    with pytest.raises(EOFError):
        gzip.decompress(answer.data)
    file = tmp_path / "x.vcf.gz"
    file.write_bytes(answer.data)
    reading = "import pysam, sys; list(pysam.BGZFile(sys.argv[1]))"
    read = subprocess.run([sys.executable, "-c", reading, file], check=False, capture_output=True)
    assert read.returncode != 0


def test_should_tell_its_length_when_it_is_parquet(browser: Browser, job: Job) -> None:
    answer = browser.get(f"/jobs/{job.job_id}/variants.parquet?gene=MT-ATP6")
    assert int(answer.headers["Content-Length"]) == len(answer.data) > 0


@pytest.mark.parametrize(
    ("what", "name"), [("index", "x.annot.vcf.gz.tbi"), ("parquet", "x.variants.parquet")]
)
def test_should_lead_to_the_annotators_own_files(
    browser: Browser, job: Job, what: str, name: str
) -> None:
    answer = browser.get(f"/jobs/{job.job_id}/download/{what}")
    assert answer.status_code == 302
    assert f"{job.job_id}/{name}?" in answer.location
    assert "X-Amz-Signature" in answer.location
