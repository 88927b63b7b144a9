"""The help says what the code does: limits of the settings, every field, every filter."""

import re
from html import unescape

import pytest

from runtime.common.output_fields import output_fields
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.search_forms import SEARCH_FORMS
from tests.unit.web.site import DOCS_URL, FREE_MAX_UPLOAD_BYTES, Site
from tests.unit.web.variants.test_search_forms import FORMS


def anchors(page: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', page)


def test_should_name_the_limits_of_the_settings(site: Site) -> None:
    page = site.visitor().get("/help").text
    assert FREE_MAX_UPLOAD_BYTES == 150_000
    for said in ("150 KB", "5 GB", "archived after 30 minutes", f"{site.config.genotype_samples} "):
        assert said in page
    for count in (site.config.free_jobs_per_hour, site.config.premium_waiting_jobs):
        assert f"<td>{count:,}</td>" in page


def test_should_lead_to_the_documentation_when_the_stage_publishes_it(site: Site) -> None:
    assert f'href="{DOCS_URL}"' in site.visitor().get("/help").text


def test_should_describe_each_field_of_a_result_under_its_anchor(site: Site) -> None:
    page = site.visitor().get("/help/fields").text
    listed = output_fields()
    expected = [field.name for field in (*listed.allele, *listed.effect)]
    expected += [f"genotype-{field.name}" for field in listed.genotype]
    expected += [f"info-{field.name}" for field in listed.info]
    expected += [f"csq-{field.name}" for field in listed.csq]
    for reference in site.services.references:
        fields = reference.manifest.added_fields
        assert fields
        expected += [f"{reference.name}-{field.column}" for field in fields]
    found = anchors(page)
    assert set(expected) <= set(found)
    assert len(found) == len(set(found))
    for reference in site.services.references:
        assert all(field.description in unescape(page) for field in reference.manifest.added_fields)


def test_should_describe_each_condition_of_a_filter(site: Site) -> None:
    page = site.visitor().get("/help/search").text
    names = [field.alias or name for name, field in VariantFilter.model_fields.items()]
    assert {f"filter-{name}" for name in names} <= set(anchors(page))
    assert "`" not in page


@pytest.mark.parametrize("form", SEARCH_FORMS)
def test_should_show_only_searches_that_find_something(form: str) -> None:
    # tests/unit/web/variants/test_search_forms.py tries each of them.
    assert FORMS[form]


@pytest.mark.parametrize(
    ("path", "link"),
    [("/upload", "/help#formats"), ("/help", "/help/fields"), ("/", "/help"), ("/jobs", "/help")],
)
def test_should_be_linked_where_the_question_arises(site: Site, path: str, link: str) -> None:
    assert f'href="{link}"' in site.browser(site.user()).get(path).text
