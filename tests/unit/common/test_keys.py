"""Names and keys of a job's files."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.common.keys import ResultNames, check_file_name, input_key, result_keys, safe_name


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


@pytest.mark.parametrize(
    "name",
    ["a.vcf", "My file (2)+b-c_d.vcf.gz", "a" * 196 + ".vcf", "é.vcf", "父 (母), №1 & <2>.vcf"],
)
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
        ("../x.vcf", "no slash"),
        ("a/b.vcf", "no slash"),
        ("a\\b.vcf", "no backslash"),
        ("a\nb.vcf", "no invisible"),
        ("a\u202eb.vcf", "no invisible"),
        ("a\u2028b.vcf", "no invisible"),
        ("x.vcf\n", "must end in"),
        (" x.vcf", "may not begin"),
    ],
)
def test_should_say_what_is_wrong_when_the_name_is_not(name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_file_name(name)


def test_should_compose_the_name_when_it_comes_decomposed() -> None:
    assert check_file_name("Mu\u0308ller.vcf") == "M\u00fcller.vcf"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("My file (2)+b-c_d.vcf.gz", "My file (2)+b-c_d.vcf.gz"),
        ("Müller, 父.vcf", "Muller_ _.vcf"),
        ("Mu\u0308ller.vcf", "Muller.vcf"),
        ("${filename}.vcf", "__filename_.vcf"),
        ("한국.vcf", "__.vcf"),
    ],
)
def test_should_have_a_safe_form_in_keys(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert input_key("u", "j", name) == f"users/u/j/{safe}"
    assert result_keys("u", "j", name).vcf == "users/u/j/" + ResultNames.of(safe).vcf


@given(st.text(max_size=100))
def test_should_have_keys_of_ascii_whatever_the_name(stem: str) -> None:
    safe = safe_name(stem + ".vcf")
    assert set(safe) <= {*string.ascii_letters, *string.digits, *"._+() -"}
    assert re.fullmatch(r".*\.vcf", safe)
    assert safe_name(safe) == safe
