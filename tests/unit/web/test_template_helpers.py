import json
from datetime import UTC, datetime

import pytest

from runtime.common.job import Job
from runtime.contract.job_status import JobStatus
from runtime.web.extensions.assets import STATIC
from runtime.web.services.formatting import human_size, human_time
from runtime.web.template_helpers import number, took, when
from tests.unit.node import run_by_node

SIZES = [
    (0, "0 bytes"),
    (1, "1 byte"),
    (999, "999 bytes"),
    (1000, "1 KB"),
    (1536, "1.5 KB"),
    (150_000, "150 KB"),
    (150_999, "150.9 KB"),
    (999_999, "999.9 KB"),
    (5 * 1024**3, "5.3 GB"),
    (5 * 1000**4, "5000 GB"),
]


@pytest.mark.parametrize(("count", "text"), SIZES)
def test_should_round_down_when_a_size_is_written(count: int, text: str) -> None:
    assert human_size(count) == text


def test_should_write_sizes_alike_when_a_script_does_it() -> None:
    module = (STATIC / "js" / "sizes.js").as_uri()
    counts = [count for count, _ in SIZES]
    script = f"""
        const {{ humanSize }} = await import({json.dumps(module)});
        console.log(JSON.stringify({counts}.map(humanSize)));
    """
    assert run_by_node(script) == [text for _, text in SIZES]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a second"),
        (59, "59 s"),
        (61, "1 min 1 s"),
        (3600, "1 h 0 min"),
        (-1, "less than a second"),
    ],
)
def test_should_say_how_long_when_a_job_has_ended(seconds: int, text: str) -> None:
    assert took(job(complete_time=1000 + seconds)) == text


def test_should_say_nothing_of_the_time_when_a_job_goes_on() -> None:
    assert took(job(complete_time=None)) is None


def test_should_be_a_time_element_in_utc_when_a_moment_is_written() -> None:
    assert when(1_800_000_000) == (
        '<time datetime="2027-01-15T08:00:00Z">15 Jan 2027, 08:00 UTC</time>'
    )


def test_should_write_times_and_counts_alike_when_a_script_does_it() -> None:
    moments = [datetime(2026, month, month, month, month, tzinfo=UTC) for month in range(1, 13)]
    counts = [0, 999, 1000, 16_569, 1_234_567]
    module = (STATIC / "js" / "formats.js").as_uri()
    script = f"""
        const {{ dateFormat, formatNumber }} = await import({json.dumps(module)});
        const style = {{ dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }};
        const times = {json.dumps([each.isoformat() for each in moments])};
        console.log(JSON.stringify([
            times.map((each) => dateFormat(style).format(new Date(each))),
            {counts}.map(formatNumber),
        ]));
    """
    assert run_by_node(script) == [
        [human_time(each) for each in moments],
        [number(count) for count in counts],
    ]


def test_should_set_thousands_apart_when_a_count_is_written() -> None:
    assert number(16_569) == "16,569"


def job(complete_time: int | None) -> Job:
    return Job(
        job_id="j",
        user_id="u",
        input_file_name="x.vcf",
        s3_inputs_bucket="b",
        s3_key_input_file="k",
        submit_time=1000,
        job_status=JobStatus.COMPLETED,
        complete_time=complete_time,
    )
