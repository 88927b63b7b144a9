"""What is made again beside a result that comes back: all, or nothing, or later."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from reference.rcrs.build import build_rcrs
from runtime.annotator.bcftools import Bcftools
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine import BcftoolsEngine
from runtime.annotator.limits import Limits
from runtime.annotator.pipeline import annotate_file
from runtime.common.delivery import HandBack
from runtime.common.job import Job
from runtime.common.keys import ResultNames, result_keys
from runtime.common.objects import Objects, Version
from runtime.retention.derived import Derived
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.retention.stage import FILE_NAME
from tests.unit.retention.world import World


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("derived") / "bundle"
    build_rcrs(folder)
    return load(folder)


def result(bundle: Bundle, folder: Path) -> str:
    """The text of an annotated VCF with one record of two alleles."""
    source = folder / "upload.vcf"
    source.write_text(vcf(record(8993, "T", "G,C")))
    annotate_file(source, FILE_NAME, bundle, folder)
    return gzip.decompress((folder / ResultNames.of(FILE_NAME).vcf).read_bytes()).decode()


def back(world: World, text: str) -> tuple[Job, Version]:
    """A job whose annotated VCF alone is back."""
    job = world.completed(world.user(), gzip.compress(text.encode()))
    keys = result_keys(job.user_id, job.job_id, FILE_NAME)
    for key in (keys.index, keys.parquet):
        world.s3.delete_object(Bucket=world.results, Key=key)
    [version] = Objects(world.s3).versions(world.results, keys.vcf)[:1]
    return job, version


def make(
    world: World, bundle: Bundle, text: str, tick: Callable[[], None] = lambda: None
) -> set[str]:
    """Make what is missing; return the names of the job's files."""
    job, version = back(world, text)
    with Bcftools() as bcftools:
        Derived(world.s3, bundle, BcftoolsEngine(bcftools), Limits()).make(job, version, tick)
    return world.names_in_results(job)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("##gas_annotation=", "##another_line="),  # no result of ours: ValueError
        ("KNOWN_ID=", "KNOWN_ID=x;WAS="),  # one value for two alleles: IndexError
        ("BCSQ_ALLELE=", "WAS="),  # it isn't said which allele: KeyError
    ],
)
def test_should_come_back_without_when_the_result_is_not_understood(
    world: World, bundle: Bundle, tmp_path: Path, written: str, instead: str
) -> None:
    text = result(bundle, tmp_path)
    head, chrom, records = text.partition("#CHROM")
    assert written in text
    if written.startswith("##"):
        wrong = text.replace(written, instead)
    else:
        wrong = head + chrom + records.replace(written, instead)
    assert make(world, bundle, wrong) == {"vcf", "summary", "log"}
    assert make(world, bundle, text) >= {"parquet"}


def refuse() -> ClientError:
    return ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")


@pytest.mark.parametrize(
    "passing", [HandBack(0, "the process is to end"), refuse(), OSError(28, "No space left")]
)
def test_should_be_tried_again_when_the_result_is_not_at_fault(
    world: World, bundle: Bundle, tmp_path: Path, passing: Exception
) -> None:
    ticks = iter(range(100))

    def tick() -> None:
        if next(ticks) >= 4:  # past the fetch: while it is derived
            raise passing

    with pytest.raises(type(passing)):
        make(world, bundle, result(bundle, tmp_path), tick)
