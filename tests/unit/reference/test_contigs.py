"""Names, genetic codes and accessions of contigs."""

from collections import Counter
from pathlib import Path

import pytest

from reference.contigs import Contigs, RegionFacts
from reference.errors import InputError
from reference.options import ContigOptions

FASTA = Path("x.fa")


def _contigs(*names: str, options: ContigOptions | None = None) -> Contigs:
    return Contigs(FASTA, dict.fromkeys(names, 100), options or ContigOptions())


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("9", "chr9", "9"),
        ("chr9", "9", "chr9"),
        ("MT", "chrM", "MT"),
        ("chrM", "MT", "chrM"),
        ("chr1_KI270706v1_random", "1_KI270706v1_random", None),
        ("9", "NC_000009.12", None),
    ],
)
def test_should_find_a_contig_when_it_goes_by_its_usual_other_name(
    name: str, given: str, expected: str | None
) -> None:
    assert _contigs(name).find(given) == expected


def test_should_keep_contigs_apart_when_both_names_are_there() -> None:
    contigs = _contigs("9", "chr9")

    assert (contigs.find("9"), contigs.find("chr9")) == ("9", "chr9")
    assert [entry.aliases for entry in contigs.entries()] == [[], []]


def test_should_take_names_from_options_first_when_the_gene_file_tells_others() -> None:
    contigs = _contigs("9", "8", options=ContigOptions(aliases={"9": ["nine", "NC_000009.12"]}))
    contigs.learn("8", RegionFacts(aliases=["nine", "eight"]))

    nine, eight = contigs.entries()
    assert nine.aliases == ["nine", "NC_000009.12", "chr9"]
    assert eight.aliases == ["chr8", "eight"]


@pytest.mark.parametrize(
    ("name", "tables", "stated", "code"),
    [
        ("9", {}, None, 1),
        ("MT", {}, None, 2),
        ("MtDNA", {}, None, 1),
        ("MtDNA", {5: 12}, None, 5),
        ("MT", {4: 12, 2: 1}, None, 4),
        ("MT", {4: 1, 2: 12}, None, 2),
        ("MT", {4: 12}, 3, 3),
        ("9", {}, 6, 6),
    ],
)
def test_should_choose_the_genetic_code_by_option_then_rows_then_name(
    name: str, tables: dict[int, int], stated: int | None, code: int
) -> None:
    contigs = _contigs(name, options=ContigOptions(genetic_codes={name: stated} if stated else {}))
    contigs.learn(name, RegionFacts(translation_tables=Counter(tables)))

    assert contigs.genetic_code(name) == code
    assert contigs.entries()[0].genetic_code == code


@pytest.mark.parametrize(
    ("name", "options", "accession"),
    [
        ("9", ContigOptions(), None),
        ("NC_000009.12", ContigOptions(), "NC_000009.12"),
        ("KI270728.1", ContigOptions(), "KI270728.1"),
        ("9", ContigOptions(aliases={"9": ["CM000671.2", "NC_000009.12"]}), "NC_000009.12"),
        ("9", ContigOptions(accessions={"9": "NC_9.9"}), "NC_9.9"),
        ("Y1A2.3", ContigOptions(), None),
    ],
)
def test_should_know_the_accession_when_a_name_is_one(
    name: str, options: ContigOptions, accession: str | None
) -> None:
    assert _contigs(name, options=options).entries()[0].accession == accession


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (ContigOptions(aliases={"7": ["x"]}), "--alias 7: x.fa has no sequence of this name"),
        (ContigOptions(circular=frozenset({"MT"})), "--circular MT: x.fa has no sequence"),
        (ContigOptions(accessions={"7": "A.1"}), "--accession 7: x.fa has no sequence"),
        (ContigOptions(genetic_codes={"9": 7}), "--genetic-code 9=7: should be one of 1, 2, 3"),
        (ContigOptions(aliases={"9": ["8"]}), "--alias 9=8: 8 has this name already"),
        (ContigOptions(aliases={"9": ["x"], "8": ["x"]}), "--alias 8=x: 9 has this name already"),
    ],
)
def test_should_name_the_option_when_it_contradicts_the_fasta(
    options: ContigOptions, fault: str
) -> None:
    with pytest.raises(InputError) as error:
        _contigs("9", "8", options=options)

    assert fault in str(error.value)
