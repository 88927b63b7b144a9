"""Genotypes as the explorer's pages show them."""

import re

import pytest

from runtime.common.users import User
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.family import Family


@pytest.fixture
def page(site: Site, family: Family) -> Browser:
    """The owner's browser."""
    owner = site.services.users.get(family.job.user_id)
    assert isinstance(owner, User)
    return site.browser(owner)


def test_should_show_genotypes_of_the_named_sample_when_the_table_is_filtered(
    page: Browser, family: Family
) -> None:
    answer = page.get(f"/jobs/{family.job.job_id}/variants?sample=child&zygosity=het&variant=1-1")

    assert answer.status_code == 200
    assert re.search(r'<a id="sort-genotype"[^>]*>child<', answer.text)
    assert "Allele fraction in <b>child</b>" in answer.text
    first = family.genotypes[min(family.genotypes)]
    panel = answer.text[answer.text.index("<h3>Genotypes</h3>") :]
    shown = re.findall(
        r'<th scope="row">([^<]*)</th>\s*<td><span class="mono">([^<]*)</span>', panel
    )
    assert [(name.replace("&#39;", "'"), text) for name, text in shown] == list(first.items())


def test_should_lead_to_what_a_bar_counts_when_fractions_are_drawn(
    page: Browser, family: Family
) -> None:
    answer = page.get(f"/jobs/{family.job.job_id}/variants?sample=child")

    bars = re.findall(
        r'<a href="([^"]+)"><title>[^<]*: ([\d,]+) alleles?</title><rect', answer.text
    )
    assert len(bars) > 10
    for address, count in bars:
        behind = page.get(address.replace("&amp;", "&"))
        assert f"<strong>{count}</strong> variant" in behind.text


def test_should_answer_400_with_the_sentence_when_a_sample_isn_t_there(
    page: Browser, family: Family
) -> None:
    for path in ("variants", "variants.tsv"):
        answer = page.get(f"/jobs/{family.job.job_id}/{path}?sample=nobody")

        assert answer.status_code == 400
        assert "no sample nobody" in answer.text


def test_should_lead_to_the_page_of_the_variant_beside_when_it_is_on_another(
    family: Family, page: Browser
) -> None:
    base = f"/jobs/{family.job.job_id}/variants?sort=position"
    last = page.get(f"{base}&variant=50-1").text
    assert "after=50-1&amp;variant=51-1#variant" in last
    first = page.get(f"{base}&after=50-1&variant=51-1").text
    assert "before=51-1&amp;variant=50-1#variant" in first
    assert "after=50-1&amp;variant=52-1#variant" in first  # on the same page
