"""The pages that an operator fills in, and what they say of the service itself."""

from pathlib import Path

import pytest

from runtime.contract.site import OPERATOR_PAGES
from runtime.web.blueprints import site_pages
from tests.unit.web.site import Site


def rendered(site: Site, page: str) -> str:
    """The page as it is made when a process starts."""
    with site.app.test_request_context(f"/{page}"):
        return str(site.app.view_functions[f"site.{page}"]())


@pytest.mark.parametrize("page", OPERATOR_PAGES)
def test_should_say_that_there_is_none_when_the_operator_wrote_no_text(
    site: Site, page: str
) -> None:
    text = site.visitor().get(f"/{page}").text
    assert "The operator of this site hasn't written" in text
    for other in OPERATOR_PAGES:
        assert f'href="/{other}"' in text  # the footer leads to all


@pytest.mark.parametrize("page", OPERATOR_PAGES)
def test_should_show_the_operators_text_when_there_is_one(
    site: Site, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{page}.html").write_text("<h2>Ours</h2>", encoding="utf-8")
    monkeypatch.setattr(site_pages, "OPERATOR", tmp_path)
    assert '<section class="panel"><h2>Ours</h2></section>' in rendered(site, page)
    assert "hasn't written" not in rendered(site, page)


def test_should_tell_region_and_times_of_the_settings(site: Site) -> None:
    text = site.visitor().get("/privacy").text
    config = site.config
    for said in (
        f"region {config.region}",
        f"for {config.inputs_days} days",
        f"for {config.logs_days} days",
        "archived after 30 minutes",
    ):
        assert said in text
