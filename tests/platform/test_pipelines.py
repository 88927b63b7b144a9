"""The Snakefile of docs/pipelines.md works as it is written, in Snakemake itself."""

import gzip
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from local.host.folder import REPOSITORY
from tests.locked_environment import install
from tests.platform.conftest import Person

PAGE = REPOSITORY / "docs/pipelines.md"
LOCK = Path(__file__).with_name("snakemake.txt")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def snakemake() -> Path:
    """The program."""
    return install(LOCK) / "snakemake"


@pytest.fixture
def run(person: Person, snakemake: Path, tmp_path: Path) -> Run:
    """Runs the workflow in `tmp_path`, with options, as the shell of a person does."""
    [written] = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    (tmp_path / "Snakefile").write_text(written)
    (tmp_path / "vcf").mkdir()
    client = tmp_path / "bin/gas-client"
    client.parent.mkdir()
    source = REPOSITORY / "client/src"
    client.write_text(f'#!/bin/sh\nPYTHONPATH={source} exec {sys.executable} -m gas_client "$@"\n')
    client.chmod(0o755)
    path = os.pathsep.join([str(client.parent), str(snakemake.parent), os.environ["PATH"]])
    mine = {"PATH": path, "HOME": str(tmp_path)}
    site = {"GAS_URL": person.cloud.site_url, "GAS_TOKEN": person.token()}

    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(snakemake), "--cores", "3", "--config", "reference=rcrs", *options],
            cwd=tmp_path,
            env=mine | site,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def write_vcf(path: Path, position: str) -> None:
    """Write a file with one record. Only the service looks at its position."""
    head = "##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n"
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    record = "MT\t3243\t.\tA\tG\t.\t.\t.\n"
    path.write_bytes(
        gzip.compress(f"{head}{columns}{record * 30}MT\t{position}\t.\tT\tG\t.\t.\t.\n".encode())
    )


def test_should_annotate_one_file_after_the_other_when_the_workflow_may_have_one_job(
    run: Run, person: Person, tmp_path: Path
) -> None:
    names = ["first", "second", "third"]
    for name in names:
        write_vcf(tmp_path / f"vcf/{name}.vcf.gz", "8993")

    done = run("--resources", "gas_jobs=1")

    assert done.returncode == 0, done.stderr
    for name in names:
        text = gzip.decompress((tmp_path / f"annotated/{name}.annot.vcf.gz").read_bytes()).decode()
        assert "missense_variant" in text.splitlines()[-1]
        assert (tmp_path / f"annotated/{name}.annot.vcf.gz.tbi").stat().st_size
    jobs = person.cloud.jobs.list_for_user(person.user_id, limit=10).jobs
    assert len(jobs) == len(names)
    # Times are whole seconds, and the table lists jobs of one second in any order.
    in_turn = sorted((job.submit_time, job.complete_time or math.inf) for job in jobs)
    for (_, completed), (submitted, _) in pairwise(in_turn):
        assert submitted >= completed
    assert "Nothing to be done" in run().stderr


def test_should_fail_with_the_reason_of_the_service_when_a_job_fails(
    run: Run, tmp_path: Path
) -> None:
    write_vcf(tmp_path / "vcf/good.vcf.gz", "8993")
    write_vcf(tmp_path / "vcf/bad.vcf.gz", "12a")

    done = run("--keep-going")

    assert done.returncode != 0
    reason = "POS is '12a'"
    assert reason in done.stdout + done.stderr
    assert reason in (tmp_path / "logs/annotate/bad.log").read_text()
    assert [path.name for path in sorted((tmp_path / "annotated").iterdir())] == [
        *("good.annot.vcf.gz", "good.annot.vcf.gz.tbi")
    ]
