"""`./gas bench api`: its files, what it counts as a part's processor time, and its figures."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bench.api import ApiResult, rows
from bench.api_clients import JobTimes
from bench.api_costs import EMULATOR, processor_seconds
from bench.api_files import VARIANTS, write_files
from bench.report import Machine, now
from runtime.vcf.fasta import Fasta


def test_should_write_other_alleles_into_each_file_and_the_same_ones_each_time(
    bundle_folder: Path, tmp_path: Path
) -> None:
    fasta = Fasta(bundle_folder / "genome.fa")
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made.append([file.read_text() for file in write_files(fasta, tmp_path / name / "x", 5)])
    assert made[0] == made[1]
    assert len(set(made[0])) == 5
    for text in made[0]:
        records = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
        assert len(records) == VARIANTS
        for contig, at, _, ref, alt, *_ in records:
            assert fasta.bases(contig, int(at), 1).decode() == ref != alt


def test_should_count_processes_that_have_ended_when_their_parent_still_runs() -> None:
    burn = "sum(range(30_000_000))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{burn}'])"
    wait = f"{child}; print('done', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", wait], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        own = psutil.Process(parent.pid).cpu_times()
        assert processor_seconds(parent.pid) > own.user + own.system + 0.1
        parent.communicate("\n")


@pytest.mark.parametrize(("emulator", "ceiling"), [(0.1, "600"), (0.5, "120")])
def test_should_give_the_rate_at_which_the_emulator_is_busy_when_a_job_costs_it_so_much(
    emulator: float, ceiling: str
) -> None:
    result = ApiResult(
        measured_at=now(),
        machine=Machine.this(),
        jobs=20,
        clients=2,
        load_average_before=0,
        load_average_after=1,
        seconds=60,
        times=tuple(JobTimes(started=0.5, ended=float(number)) for number in range(1, 21)),
        idle={EMULATOR: 0.02},
        costs={EMULATOR: emulator, "clients": 0.1},
    )

    found = {row.what.strip(): row.value for row in rows(result)}

    assert found["jobs a minute"] == "20"
    assert found["the emulator's ceiling"] == ceiling
    assert found["95 % are faster than"] == "19.00 s"
    assert found["processor time of one job"] == f"{emulator * 1000 + 100:.0f} ms"
