"""The bytes of exports: the files agree with each other and with the table."""

import gzip
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.exports.export_request import ExportForm, ExportRequest
from runtime.web.services.variants.exporter import Progress, VariantExporter, bgzip
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.query_engine import QueryEngine, QueryLimits, QueryTimeout
from runtime.web.services.variants.result_table import VariantCounts
from tests.unit.web.job_states import running
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import RECORDS
from tests.unit.web.variants.results import exported, records_of, table_of

TABLES = (ExportForm.VARIANTS_TSV, ExportForm.EFFECTS_TSV)

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
    tsv = table_of(exported(browser, f"/jobs/{job.job_id}/effects.tsv?{address}").text)
    variants = table_of(exported(browser, f"{base}.tsv?{address}").text)
    body = exported(browser, f"{base}.parquet?{address}").content
    parquet = pq.read_table(io.BytesIO(body)).to_pylist()
    vcf = records_of(exported(browser, f"{base}.vcf.gz?{address}").content)

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
    sent = gzip.decompress(
        exported(browser, f"/jobs/{job.job_id}/variants.vcf.gz?q=Arg340").content
    )
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
    file.write_bytes(exported(browser, f"/jobs/{job.job_id}/variants.vcf.gz?region=MT").content)
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
    sent = exported(browser, f"/jobs/{job.job_id}/{path}").headers["Content-Disposition"]
    assert sent == f'attachment; filename="{name}"'


@pytest.mark.parametrize("form", ["tsv", "parquet", "vcf.gz"])
def test_should_refuse_with_a_sentence_when_there_is_nothing_to_send(
    site: Site, owner: User, browser: Browser, job: Job, form: str
) -> None:
    wrong = browser.get(f"/jobs/{job.job_id}/variants.{form}?af_min=x")
    assert (wrong.status_code, "a number from 0 to 1" in wrong.text) == (400, True)
    waiting = running(site, owner)
    early = browser.get(f"/jobs/{waiting.job_id}/variants.{form}")
    assert (early.status_code, "no result to download" in early.text) == (409, True)


@pytest.mark.parametrize("form", ExportForm)
def test_should_fail_when_its_query_works_too_long(site: Site, job: Job, form: ExportForm) -> None:
    variants = site.services.variants
    engine = QueryEngine(variants.cache.folder, QueryLimits(export_seconds=0))
    variants = replace(variants, engine=engine)
    exporter = VariantExporter(variants, site.services.results)
    with pytest.raises(QueryTimeout):
        list(exporter.chunks(ExportRequest(job=job, form=form), Progress()))


@pytest.mark.parametrize("form", [ExportForm.VCF, *TABLES])
def test_should_count_up_to_the_whole_when_it_goes_on(
    site: Site, job: Job, form: ExportForm
) -> None:
    progress = Progress()
    exporter = VariantExporter(site.services.variants, site.services.results)
    list(exporter.chunks(ExportRequest(job=job, form=form), progress))
    assert progress.done == progress.total > 0
    assert progress.percent == 99


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
