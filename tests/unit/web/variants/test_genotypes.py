"""Filters by genotype, compared with bcftools and with rules written down again here."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from runtime.web.services.variants.filters import InvalidFilter, VariantFilter, VariantQuery
from runtime.web.services.variants.sample_sql import GenotypeTable, SampleCompiler
from runtime.web.services.variants.where import EVERYTHING
from tests.unit.web.site import Site
from tests.unit.web.variants.family import SAMPLES, Family


@pytest.mark.parametrize(
    ("given", "expression"),
    [
        ({"sample": "child"}, 'GT[0]~"1"'),
        ({"sample": "child", "zygosity": "het"}, 'GT[0]="het"'),
        ({"sample": "mother", "zygosity": "hom"}, 'GT[1]="1/1" || GT[1]="1|1"'),
        ({"sample": "mother", "zygosity": "hemi"}, 'GT[1]="1"'),
        ({"sample": "father", "zygosity": "missing"}, 'GT[2]="./."'),
        ({"sample": "father", "zygosity": "ref"}, 'GT[2]="ref"'),
        ({"sample": "child", "zygosity": ["het", "hom"]}, 'GT[0]="het" || GT[0]="1/1"'),
        ({"sample": "child", "dp_min": "40"}, 'GT[0]~"1" && DP[0]>=40'),
        ({"sample": "child", "gq_min": "50.5"}, 'GT[0]~"1" && GQ[0]>=50.5'),
        (
            {"sample": "child", "fraction_min": "0.25", "fraction_max": "0.5"},
            """GT[0]~"1" && (
                (AF[0:0]!="." && AF[0:0]>0.249 && AF[0:0]<0.501)
                || (AF[0:0]="." && AD[0:1]/(AD[0:0]+AD[0:1])>=0.25
                    && AD[0:1]/(AD[0:0]+AD[0:1])<=0.5))""",
        ),
        (
            {"zygosity": "hom", "dp_min": "60", "gq_min": "60"},
            " || ".join(
                f'((GT[{at}]="1/1" || GT[{at}]="1|1") && DP[{at}]>=60 && GQ[{at}]>=60)'
                for at in range(4)
            ),
        ),
    ],
    ids=str,
)
def test_should_find_what_bcftools_finds_when_genotypes_are_filtered(
    family: Family, given: dict[str, Any], expression: str
) -> None:
    expected = family.by_bcftools(expression)

    assert family.found(**given) == expected
    assert 0 < len(expected) < 390


Kinds = tuple[str, ...] | None
# Not sets: their order is another one in each process, and test names are made of them.
HAS = ("0/1", "1|0", "1/1", "1")
ONE = ("0/1", "1|0")
NOT = ("0/0", "0")
TRIO = {"affected": "child", "mother": "mother", "father": "father"}


@pytest.mark.parametrize(
    ("given", "child", "mother", "father"),
    [
        (TRIO | {"inheritance": "de-novo"}, HAS, NOT, NOT),
        (TRIO | {"inheritance": "de-novo", "affected_parent": "mother"}, HAS, NOT, NOT),
        (TRIO | {"inheritance": "recessive"}, ("1/1",), ONE, ONE),
        (TRIO | {"inheritance": "dominant", "affected_parent": "father"}, HAS, NOT, HAS),
        ({"affected": "child", "mother": "mother", "inheritance": "maternal"}, HAS, HAS, None),
        ({"affected": "child", "inheritance": "recessive"}, ("1/1",), None, None),
    ],
    ids=str,
)
def test_should_follow_the_rules_of_inheritance_when_people_are_named(
    family: Family, given: dict[str, Any], child: Kinds, mother: Kinds, father: Kinds
) -> None:
    rules = {"child": child, "mother": mother, "father": father}
    expected = {
        position
        for position, by_sample in family.genotypes.items()
        if all(by_sample[name] in kinds for name, kinds in rules.items() if kinds is not None)
    }

    assert family.found(**given) == expected
    assert expected


def _compound(family: Family, genes: dict[int, set[str]], kept: set[int]) -> set[int]:
    """The rule again: heterozygous, from one parent alone, in a gene with one from each."""
    origin: dict[int, str] = {}
    for position, by_sample in family.genotypes.items():
        if position not in kept or by_sample["child"] not in ONE:
            continue
        for parent, other in (("mother", "father"), ("father", "mother")):
            if by_sample[parent] in HAS and by_sample[other] in NOT:
                origin[position] = parent
    parents: dict[str, set[str]] = {}
    for position, parent in origin.items():
        for gene in genes[position]:
            parents.setdefault(gene, set()).add(parent)
    return {at for at in origin if any(len(parents[gene]) == 2 for gene in genes[at])}


@pytest.mark.parametrize("filtered", [{}, {"impact": "MODERATE"}], ids=str)
def test_should_find_both_variants_of_a_gene_when_they_are_compound_heterozygous(
    family: Family, filtered: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "variants.parquet"
    family.site.s3.download_file(
        family.site.config.results_bucket, family.job.result_keys.parquet, str(file)
    )
    rows = pl.read_parquet(file).filter(pl.col("Gene").is_not_null())
    if filtered:
        rows = rows.filter(IMPACT=filtered["impact"])
    genes: dict[int, set[str]] = {}
    for position, gene in rows.select("position", "Gene").iter_rows():
        genes.setdefault(position, set()).add(gene)

    found = family.found(**TRIO, inheritance="compound-heterozygous", **filtered)

    assert found == _compound(family, genes, set(genes))
    assert found


def test_should_count_and_page_alike_when_genotypes_are_filtered(family: Family) -> None:
    wanted = VariantQuery.from_args({"sample": ["child"], "zygosity": ["het"]})

    counts = family.site.services.variants.counts(family.job, wanted.filter)

    assert counts.variants == len(family.by_bcftools('GT[0]="het"'))


def test_should_judge_x_linked_variants_on_x_alone(site: Site, tmp_path: Path) -> None:
    rules = [
        ("X", "1", "0/1", "0"),
        ("X", "1/1", "0/1", "0/0"),
        ("X", "0/1", "0/1", "0"),
        ("X", "1", "0/1", "1"),
        ("1", "1/1", "0/1", "0/0"),
        ("X", "1", "1/1", "0"),
    ]
    kinds = {"1": "hemi", "0": "ref", "0/1": "het", "1/1": "hom", "0/0": "ref"}
    numbers = range(1, len(rules) + 1)
    variants, genotypes = tmp_path / "v.parquet", tmp_path / "g.parquet"
    pl.DataFrame({"variant": numbers, "contig": [each[0] for each in rules]}).write_parquet(
        variants
    )
    pl.DataFrame(
        [
            (number, sample, kinds[text])
            for number, each in zip(numbers, rules, strict=True)
            for sample, text in zip(SAMPLES, each[1:], strict=False)
        ],
        schema=["variant", "sample", "zygosity"],
        orient="row",
    ).write_parquet(genotypes)
    manifest = site.reference.manifest
    x = manifest.contigs[0].model_copy(update={"name": "X", "aliases": ()})
    reference = replace(site.reference, manifest=manifest.model_copy(update={"contigs": (x,)}))
    table = GenotypeTable(variants, genotypes, len(rules), len(rules), SAMPLES)
    wanted = VariantFilter.model_validate(TRIO | {"inheritance": "x-linked"})

    conditions = SampleCompiler(table, reference).compile(wanted, EVERYTHING)

    sql = " AND ".join(each.sql for each in conditions)
    values = [str(variants), *(value for each in conditions for value in each.parameters)]
    found = duckdb.execute(f"SELECT variant FROM read_parquet(?) WHERE {sql}", values).fetchall()
    assert found == [(1,), (2,)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"sample": "nobody"}, "This file has no sample nobody."),
        ({"inheritance": "de-novo"}, "Name the affected person and the mother and the father"),
        ({"inheritance": "x-linked", "affected": "child"}, "Name the mother"),
        (TRIO | {"father": "mother", "inheritance": "recessive"}, "different sample for each"),
        (TRIO | {"inheritance": "x-linked"}, "This reference has no contig X."),
        ({"zygosity": "both"}, "A zygosity is one of ref, het"),
        ({"dp_min": "many"}, "whole number of reads"),
        ({"fraction_min": "0.5", "fraction_max": "0.1"}, "lowest allele fraction is above"),
        ({"inheritance": "mendelian"}, "Inheritance is one of de-novo"),
    ],
    ids=str,
)
def test_should_say_what_is_wrong_when_a_filter_of_genotypes_can_t_be_asked(
    family: Family, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidFilter, match=re.escape(sentence)):
        family.found(**given)
