"""Exports: the files agree with each other and with the table, and incomplete ones say so."""

import gzip
import io
import itertools
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.variants.explorer import VariantCounts
from runtime.web.services.variants.exporter import VariantExporter, bgzip
from runtime.web.services.variants.filters import VariantFilter, VariantQuery
from runtime.web.services.variants.query_engine import QueryEngine, QueryLimits
from tests.unit.web.job_states import running
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.results import annotated, records_of, table_of

FILTERS = [
    "",
    "gene=MT-ATP6",
    "gene=MT-ATP6,MT-ATP8&consequence=missense_variant",
    "af_min=0.25",
    "region=MT:16000-100",
    "known=none",
    "gene=NONE",
]


def counts_of(site: Site, job: Job, address: str) -> VariantCounts:
    given: dict[str, list[str]] = {}
    for pair in filter(None, address.split("&")):
        name, _, value = pair.partition("=")
        given.setdefault(name, []).append(value)
    return site.services.variants.counts(job, VariantQuery.from_args(given).filter)


def text_of(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


@pytest.mark.parametrize("address", FILTERS)
def test_should_agree_in_all_formats_and_with_the_table(
    site: Site, browser: Browser, job: Job, address: str
) -> None:
    counts = counts_of(site, job, address)
    base = f"/jobs/{job.job_id}/variants"
    tsv = table_of(browser.get(f"/jobs/{job.job_id}/effects.tsv?{address}").text)
    variants = table_of(browser.get(f"{base}.tsv?{address}").text)
    body = browser.get(f"{base}.parquet?{address}").data
    parquet = pq.read_table(io.BytesIO(body)).to_pylist()
    vcf = records_of(browser.get(f"{base}.vcf.gz?{address}").data)

    assert len(tsv) == len(parquet) == counts.rows
    assert len(vcf) == counts.records
    assert len({(row["record"], row["allele"]) for row in parquet}) == counts.variants
    assert [list(row.values()) for row in tsv] == [
        [text_of(value) for value in row.values()] for row in parquet
    ]
    firsts = {(row["record"], row["allele"]): row for row in reversed(tsv)}
    assert variants == list(firsts.values())[::-1]
    numbers = sorted({row["record"] for row in parquet})
    assert [columns[:5] for columns in vcf] == [
        [contig, str(at), known, ref, alt]
        for contig, at, known, ref, alt, *_ in (RECORDS[number - 1] for number in numbers)
    ]


def test_should_say_the_same_counts_on_the_page(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?gene=MT-ATP6").text
    assert re.search(r"VCF<span[^>]*>2 records", page)
    assert re.search(r"TSV<span[^>]*>3 rows, one per variant", page)
    assert re.search(r"TSV of effects<span[^>]*>3 rows, one per effect", page)
    assert re.search(r"Parquet<span[^>]*>3 rows", page)


def test_should_keep_every_column_and_the_header_when_records_are_chosen(
    site: Site, browser: Browser, job: Job
) -> None:
    whole = site.s3.get_object(Bucket=site.config.results_bucket, Key=job.result_keys.vcf)
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
    assert gzip.decompress(b"".join(bgzip(lines))) == b"".join(lines)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("variants.tsv", "x.variants.tsv"),
        ("variants.vcf.gz?gene=MT-ND4", "x.filtered.vcf.gz"),
        ("effects.tsv", "x.variants.effects.tsv"),
        ("effects.tsv?gene=MT-ND4", "x.filtered.effects.tsv"),
    ],
)
def test_should_name_the_file_after_the_upload(
    browser: Browser, job: Job, path: str, name: str
) -> None:
    with browser.get(f"/jobs/{job.job_id}/{path}") as answer:
        sent = answer.headers["Content-Disposition"]
    assert sent == f'attachment; filename="{name}"'


@pytest.mark.parametrize("form", ["tsv", "parquet", "vcf.gz"])
def test_should_refuse_with_a_sentence_when_there_is_nothing_to_send(
    site: Site, owner: User, browser: Browser, job: Job, form: str
) -> None:
    wrong = browser.get(f"/jobs/{job.job_id}/variants.{form}?af_min=x")
    assert (wrong.status_code, "a number from 0 to 1" in wrong.text) == (400, True)
    waiting = running(site, owner)
    early = browser.get(f"/jobs/{waiting.job_id}/variants.{form}")
    assert (early.status_code, "no result yet" in early.text) == (409, True)


@pytest.mark.parametrize("form", ["tsv", "parquet", "vcf.gz"])
def test_should_answer_with_a_page_when_the_query_fails_at_once(
    own_site: Site, result_of_own_site: tuple[Browser, Job], form: str
) -> None:
    browser, job = result_of_own_site
    folder = own_site.services.variants.cache.folder
    own_site.replace_variants(engine=QueryEngine(folder, QueryLimits(export_seconds=0)))
    answer = browser.get(f"/jobs/{job.job_id}/variants.{form}")
    assert (answer.status_code, "Content-Disposition" in answer.headers) == (503, False)


def test_should_end_with_a_line_that_says_so_when_a_table_is_incomplete(
    site: Site, job: Job
) -> None:
    each_step_takes_a_second: Iterator[float] = itertools.count(0.0)
    variants = site.services.variants
    limits = QueryLimits(fetch_rows=2, export_seconds=3)
    engine = QueryEngine(variants.cache.folder, limits, each_step_takes_a_second.__next__)
    exporter = VariantExporter(replace(variants, engine=engine), site.services.results)
    *lines, last = b"".join(exporter.effects_tsv(job, VariantFilter())).decode().splitlines()
    assert lines[0].startswith("record\tcontig")
    assert last.startswith("#INCOMPLETE: the query took longer than it may; ")


def damaged(
    site: Site, user: User, records: tuple[tuple[str, int, str, str, str, str, str], ...]
) -> Job:
    """A job whose annotated VCF lacks its end."""
    job = annotated(site, user, vcf_of(records))
    key: Any = {"Bucket": site.config.results_bucket, "Key": job.result_keys.vcf}
    whole = site.s3.get_object(**key)["Body"].read()
    site.s3.put_object(**key, Body=whole[:-60])
    return job


def test_should_answer_with_a_page_when_a_vcf_fails_before_its_first_bytes(
    site: Site, owner: User, browser: Browser
) -> None:
    job = damaged(site, owner, RECORDS)
    assert browser.get(f"/jobs/{job.job_id}/variants.vcf.gz").status_code == 500


def test_should_be_no_whole_bgzip_when_a_vcf_is_incomplete(
    site: Site, owner: User, browser: Browser, tmp_path: Path
) -> None:
    long = tuple(
        ("chrM", 73, ".", "A", "G", ".", f"X={secrets.token_hex(50_000)}") for _ in range(6)
    )
    answer = browser.get(f"/jobs/{damaged(site, owner, long).job_id}/variants.vcf.gz")
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
