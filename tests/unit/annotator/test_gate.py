"""Which files pass for the reference that was chosen, and what is said of the others."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from runtime.annotator.alleles import Skip
from runtime.annotator.batches import Batch
from runtime.annotator.bundle import Bundle
from runtime.annotator.check import Findings, check
from runtime.annotator.commands import Upload, shell_lines
from runtime.annotator.errors import InputRejected
from runtime.annotator.limits import Limits
from runtime.common.manifest import Contig
from tests.unit.annotator.vcfs import NARP, record, vcf

HG19 = "##contig=<ID=chr1,length=249250621>"
HG19_M = "##contig=<ID=chrM,length=16571>"
BASES = "ACGTTGCAAC" * 20


def piece(like: Bundle, folder: Path, name: str, assembly: str, bases: str = BASES) -> Bundle:
    """A reference that has the beginning of chromosome 1, and a mitochondrial genome."""
    mitochondrion = like.manifest.contigs[0]
    first = Contig(name="1", aliases=["chr1"], length=200, genetic_code=2, circular=False)
    sequence = like.fasta.bases("MT", 1, mitochondrion.length).decode()
    path = folder / f"{name}.fa"
    path.write_text(f">1\n{bases}\n>MT\n{sequence}\n")
    path.with_name(f"{name}.fa.fai").write_text(
        f"1\t200\t3\t200\t201\nMT\t16569\t{3 + 201 + 4}\t16569\t16570\n"
    )
    update = {
        "name": name,
        "assembly": assembly,
        "fasta": path.name,
        "contigs": [first, mitochondrion],
    }
    return Bundle(folder, like.manifest.model_copy(update=update))


def checked(content: str, folder: Path, offered: Sequence[Bundle], chosen: Bundle) -> Findings:
    source, batches = folder / "upload.vcf", folder / "batches"
    source.write_text(content)
    batches.mkdir()
    return check(
        source,
        batches,
        chosen,
        limits=Limits(),
        report_progress=lambda _share: None,
        offered=offered,
    )


def skips(findings: Findings) -> list[str | None]:
    return Batch.read(findings.batches[0]).alleles["skip"].to_list()


def test_should_leave_the_mitochondrion_of_hg19_unannotated_when_the_reference_has_the_rcrs(
    bundle: Bundle, tmp_path: Path
) -> None:
    grch37 = piece(bundle, tmp_path, "grch37", "GRCh37")
    content = vcf(
        record(1, "A", "G", chrom="chr1"),
        record(8993, "T", "G", chrom="chrM"),
        header=(HG19, HG19_M),
    )

    findings = checked(content, tmp_path, (bundle, grch37), grch37)

    assert skips(findings) == [None, Skip.OTHER_SEQUENCE]
    assert findings.assembly == "GRCh37 (hg19): its contig chr1 has 249,250,621 bases"
    upload = Upload("x.vcf", list(findings.contigs), findings.others, findings.in_order)
    commands = "\n".join(shell_lines(grch37.manifest, upload))
    assert "--targets chr1 " in commands
    assert "chrM" not in commands
    (note,) = findings.notes
    assert "chrM has 16,571 bases: it is NC_001807.4" in note
    assert "were left unannotated" in note


def test_should_name_both_when_the_file_contradicts_the_choice(
    bundle: Bundle, tmp_path: Path
) -> None:
    grch37 = piece(bundle, tmp_path, "grch37", "GRCh37")
    grch38 = piece(bundle, tmp_path, "grch38", "GRCh38")

    with pytest.raises(InputRejected) as refusal:
        checked(
            vcf(record(1, "A", "G", chrom="chr1"), header=(HG19,)),
            tmp_path,
            (bundle, grch37, grch38),
            grch38,
        )

    assert str(refusal.value) == (
        "The file was made against GRCh37 (hg19): its contig chr1 has 249,250,621 bases. "
        "The reference chosen is GRCh38. Choose GRCh37, which this service offers."
    )


def test_should_name_the_reference_that_the_refs_agree_with_when_the_header_is_silent(
    bundle: Bundle, tmp_path: Path
) -> None:
    grch37 = piece(bundle, tmp_path, "grch37", "GRCh37")
    grch38 = piece(bundle, tmp_path, "grch38", "GRCh38", bases=BASES[::-1].replace("A", "T"))
    records = [record(at + 1, base, "N", chrom="1") for at, base in enumerate(BASES[:60])]

    with pytest.raises(InputRejected) as refusal:
        checked(vcf(*records), tmp_path, (bundle, grch37, grch38), grch38)

    assert str(refusal.value).endswith(
        "REF alleles that agree: 60 of 60 with GRCh37. Choose GRCh37, which this service offers."
    )
    assert checked_again(vcf(*records), tmp_path / "again", (grch37, grch38), grch37) == 60


def checked_again(content: str, folder: Path, offered: Sequence[Bundle], chosen: Bundle) -> int:
    folder.mkdir()
    return checked(content, folder, offered, chosen).on_known_contigs


def test_should_pass_a_file_with_one_wrong_record_of_three(bundle: Bundle, tmp_path: Path) -> None:
    content = vcf(record(3243, "A", "G"), record(11778, "G", "A"), record(99999, "A", "G"))

    findings = checked(content, tmp_path, (bundle,), bundle)

    assert skips(findings) == [None, None, Skip.PAST_END_OF_CIRCLE]
    assert [(each.line, each.position) for each in findings.problems] == [(5, 99999)]


def test_should_pass_a_file_with_two_positions_past_the_end_of_15(
    bundle: Bundle, tmp_path: Path
) -> None:
    right = [record(position, "A", "G") for position in (73, 263, 750, 1438, 2706, 4769, 8860)]
    content = vcf(*right, *right[:6], record(16570, "A", "G"), record(16571, "C", "CA"))

    findings = checked(content, tmp_path, (bundle,), bundle)

    assert skips(findings) == [None] * 7 + [Skip.PAST_END_OF_CIRCLE] * 2
    assert (findings.contradicting, findings.on_known_contigs) == (2, 15)


def test_should_say_that_a_position_is_past_the_end_when_the_contig_is_linear(
    bundle: Bundle, tmp_path: Path
) -> None:
    grch38 = piece(bundle, tmp_path, "grch38", "GRCh38")
    content = vcf(
        record(1, "A", "G", chrom="1"),
        record(200, "C", "G", chrom="1"),
        record(200, "CA", "C", chrom="1"),
        record(201, "A", "<DEL>", chrom="1"),
        NARP,
        NARP,
    )

    findings = checked(content, tmp_path, (bundle, grch38), grch38)

    assert skips(findings) == [None, None, Skip.PAST_END, Skip.SYMBOLIC, None]
