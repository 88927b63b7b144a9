"""Search of genes: what a text means, in which order, and who may search."""

import pytest

from runtime.common.job import Job
from runtime.common.reference import Reference
from runtime.common.users import User
from runtime.web.services.gene_search import MOST_GENES, find_genes
from tests.unit.web.job_states import running
from tests.unit.web.site import Site


@pytest.fixture(scope="module")
def user(invented_site: Site) -> User:
    return invented_site.user()


@pytest.fixture(scope="module")
def job(invented_site: Site, user: User) -> Job:
    return running(invented_site, user, 10)


def names(site: Site, text: str) -> list[str]:
    found = find_genes(text, site.reference, site.services.variants.engine)
    return [gene.name for gene in found]


@pytest.mark.parametrize("text", ["mt-nd4", "ND4", "ENSG00000198886", "ensg00000198886.2"])
def test_should_find_a_gene_when_its_symbol_or_identifier_is_written(site: Site, text: str) -> None:
    assert names(site, text) == ["MT-ND4", "MT-ND4L"][: 1 if "sg" in text.lower() else 2]


def test_should_find_a_gene_when_a_transcript_is_named_with_or_without_version(
    invented_site: Site,
) -> None:
    transcripts = invented_site.services.variants.engine.rows(
        "SELECT Feature, SYMBOL FROM read_parquet(?) WHERE SYMBOL IS NOT NULL LIMIT 5",
        [str(_table(invented_site.reference))],
    )
    for feature, symbol in transcripts:
        for text in (feature, feature.partition(".")[0], f"{feature.partition('.')[0]}.99"):
            assert names(invented_site, text) == [symbol]


def test_should_find_the_exact_name_first_when_others_begin_with_it(site: Site) -> None:
    found = names(site, "mt-t")
    assert len(found) == MOST_GENES
    assert found[0] == "MT-TA"
    assert names(site, "MT-TL1") == ["MT-TL1"]
    assert names(site, "no such gene") == names(site, " ") == []


def test_should_say_where_a_gene_is_when_its_owner_asks(
    invented_site: Site, user: User, job: Job
) -> None:
    [(symbol, contig, start, end)] = invented_site.services.variants.engine.rows(
        'SELECT SYMBOL, contig, min("start"), max("end") FROM read_parquet(?) '
        "WHERE SYMBOL IS NOT NULL GROUP BY SYMBOL, contig LIMIT 1",
        [str(_table(invented_site.reference))],
    )
    answer = invented_site.browser(user).get(f"/jobs/{job.job_id}/genes?q={symbol}").get_json()
    [first, *_] = answer["genes"]
    assert (first["name"], first["contig"], first["start"], first["end"]) == (
        symbol,
        contig,
        start,
        end,
    )


def test_should_answer_404_when_somebody_else_searches(invented_site: Site, job: Job) -> None:
    other = invented_site.browser(invented_site.user("Eve"))
    assert other.get(f"/jobs/{job.job_id}/genes?q=a").status_code == 404


def test_should_refuse_when_the_text_is_endless(invented_site: Site, user: User, job: Job) -> None:
    answer = invented_site.browser(user).get(f"/jobs/{job.job_id}/genes?q={'a' * 201}")
    assert (answer.status_code, "200 characters" in answer.text) == (400, True)


def _table(reference: Reference) -> str:
    return str(reference.folder / reference.manifest.transcripts)
