"""The documentation as a site: it builds without a warning, and every command is in it."""

import html
import re
from pathlib import Path

import pytest

from local.commands.docs import build
from local.docs.pages import GENERATED
from local.host.folder import Folder
from runtime.web.services.variants.filter_meanings import meanings_of
from runtime.web.services.variants.filters import VariantFilter, VariantQuery
from tests.unit.local.commands.test_cli import commands

LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?([^\s\">]+)|<link\b[^>]*\bhref=\"?([^\s\">]+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site. MkDocs refuses a broken link, and a page that no menu has."""
    root = tmp_path_factory.mktemp("docs")
    return build(Folder(root=root, cache=root / "cache")).parent


def text_of(page: Path) -> str:
    """What a page says, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_should_load_nothing_from_another_host_when_a_page_is_shown(site: Path) -> None:
    loaded = {
        address
        for page in site.rglob("*.html")
        for found in LOADED.findall(page.read_text(encoding="utf-8"))
        for address in found
        if address
    }
    assert any(address.endswith("mermaid.min.js") for address in loaded)
    assert {address for address in loaded if re.match(r"(https?:)?//", address)} == set()


def test_should_say_what_each_command_and_option_is_when_it_is_looked_up(site: Path) -> None:
    page = text_of(site / "reference/commands.html")
    missing = [" ".join(words) for words in commands() if f"./gas {' '.join(words)}" not in page]
    assert missing == []
    for option in ("--time-scale", "--with", "--compare", "--dry-run"):
        assert option in page


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_should_be_on_the_site_when_a_page_is_generated(site: Path, path: str) -> None:
    assert (site / path).with_suffix(".html").is_file()


def test_should_say_what_each_filter_means_when_it_is_looked_up(site: Path) -> None:
    page = (site / "reference/filters.html").read_text(encoding="utf-8")
    for name, field in VariantFilter.model_fields.items():
        assert f"<code>{field.alias or name}</code>" in page
        assert meanings_of(VariantFilter)[name]
    for name in ("sort", *(VariantQuery.model_fields.keys() - {"filter", "sort", "descending"})):
        assert f"<code>{name}</code>" in page
