"""Whatever is uploaded: a sentence, or a result that lacks nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.errors import JobFailed
from runtime.annotator.limits import Limits
from tests.unit.annotator.results import Result, annotate_bytes
from tests.unit.annotator.test_conformance import kept
from tests.unit.annotator.vcfs import COLUMNS, HEADER

REFERENCE = "GATCACAGGTCTATCACCCTATTAACCACT"
"""The first bases of rCRS."""

contigs = st.sampled_from(["MT", "chrM", "M", "NC_012920.1", "chr1", "MT ", "é", "", "HLA*01:01"])
bases = st.text("ACGTacgtN", min_size=1, max_size=6)
alts = st.one_of(
    bases,
    st.sampled_from([".", "*", "<DEL>", "<DUP:TANDEM>", "G]17:198982]", "", ".A", "<NON_REF>"]),
    st.text(max_size=4),
)
fields = st.one_of(
    st.sampled_from([".", "PASS", "DP=1;AF=0.5,x", "BCSQ=1", "KNOWN_ID", ";;", "END=1", "AF=."]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r\0"), max_size=8),
)


@st.composite
def records(draw: st.DrawFn) -> str:
    """A record, most often with the right REF and on a known contig."""
    position = draw(st.integers(1, 25))
    ref = REFERENCE[position - 1 : position - 1 + draw(st.integers(1, 4))]
    columns = [
        draw(st.one_of(st.just("MT"), st.just("MT"), contigs)),
        draw(st.sampled_from([str(position)] * 9 + ["0", "x", "99999999999", f"0{position}"])),
        draw(fields),
        draw(st.sampled_from([ref] * 9 + [ref.lower(), "N", ""])),
        ",".join(draw(st.lists(alts, min_size=1, max_size=3))),
        draw(st.sampled_from([".", "50", "1e3", "nan", "high"])),
        draw(fields),
        draw(fields),
    ]
    return "\t".join(columns)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file like a VCF; some are broken in a way or another."""
    header = [HEADER, *draw(st.lists(st.sampled_from(["##contig=<ID=MT>", "##INFO=<", "##é"])))]
    lines = [*header, COLUMNS, *draw(st.lists(records(), max_size=8))]
    if draw(st.booleans()):
        lines.sort(key=lambda line: (not line.startswith("#"), line))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = end.join(lines) + draw(st.sampled_from([end, "", end * 3]))
    return text.encode()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=files())
def test_should_refuse_with_a_sentence_or_keep_every_record_whatever_the_file(
    tmp_path: Path, bundle: Bundle, engines: EnginePool, content: bytes
) -> None:
    try:
        result = annotated(content, tmp_path, bundle, engines)
    except JobFailed as failure:
        sentence = str(failure)
    else:
        sentence = "It was kept."
        kept(content, result.lines)
        check_rows(result)
    assert sentence.endswith((".", ")", "!"))


def is_block(record: list[bytes]) -> bool:
    """Whether a record is a reference block as Strelka and DRAGEN write it: no ALT, but an END."""
    return record[4] == b"." and any(each.startswith(b"END=") for each in record[7].split(b";"))


def check_rows(result: Result) -> None:
    with_alleles = [
        number
        for number, record in enumerate(result.records, 1)
        if set(record[4].split(b",")) - {b"<NON_REF>", b"<*>"} and not is_block(record)
    ]
    assert sorted({row["record"] for row in result.rows}) == with_alleles


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.binary(max_size=300), head=st.sampled_from([b"", b"\x1f\x8b\x08", HEADER.encode()])
)
def test_should_refuse_with_a_sentence_when_the_file_is_any_bytes(
    tmp_path: Path, bundle: Bundle, engines: EnginePool, content: bytes, head: bytes
) -> None:
    with pytest.raises(JobFailed) as refusal:
        annotated(head + content, tmp_path, bundle, engines)

    assert str(refusal.value)


def annotated(content: bytes, folder: Path, bundle: Bundle, engines: EnginePool) -> Result:
    return annotate_bytes(content, "x.vcf", folder, bundle=bundle, process=engines, limits=Limits())
