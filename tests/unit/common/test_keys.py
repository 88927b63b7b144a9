"""Names and keys of a job's files."""

import pytest

from runtime.common.keys import ResultNames, check_file_name, input_key, result_keys


@pytest.mark.parametrize("name", ["x.vcf", "x.vcf.gz", "x.vcf.bgz", "x.VCF", "x.Vcf.Gz"])
def test_should_name_all_results_after_the_stem(name: str) -> None:
    assert ResultNames.of(name) == ResultNames(
        vcf="x.annot.vcf.gz",
        index="x.annot.vcf.gz.tbi",
        parquet="x.variants.parquet",
        genotypes="x.genotypes.parquet",
        summary="x.summary.json",
        log="x.vcf.count.log",
    )


def test_should_refuse_to_name_results_when_the_input_is_no_vcf() -> None:
    with pytest.raises(ValueError, match=r"x\.txt"):
        ResultNames.of("x.txt")


def test_should_put_inputs_and_results_under_the_owner_and_the_job() -> None:
    assert input_key("u", "j", "x.vcf") == "users/u/j/x.vcf"
    assert result_keys("u", "j", "x.vcf").summary == "users/u/j/x.summary.json"


@pytest.mark.parametrize("name", ["a.vcf", "My file (2)+b-c_d.vcf.gz", "a" * 196 + ".vcf"])
def test_should_take_the_name_when_it_is_harmless(name: str) -> None:
    assert check_file_name(name) == name


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "must end in"),
        ("x.txt", "must end in"),
        ("x.vcf.zip", "must end in"),
        ("a" * 197 + ".vcf", "longer than"),
        (".vcf", "may not begin"),
        ("../x.vcf", "may hold"),
        ("a/b.vcf", "may hold"),
        ("a\\b.vcf", "may hold"),
        ("a\nb.vcf", "may hold"),
        ("x.vcf\n", "must end in"),
        ("${filename}.vcf", "may hold"),
        ("é.vcf", "may hold"),
        (" x.vcf", "may hold"),
    ],
)
def test_should_say_what_is_wrong_when_the_name_is_not(name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_file_name(name)
