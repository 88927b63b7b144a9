"""The operator's texts become pages, and bring no markup of their own."""

import zipfile
from pathlib import Path

import pytest

from runtime.contract.site import OPERATOR_PAGES
from stacks import assets, operator_pages
from tests.stacks.test_assets import stack


@pytest.fixture
def stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stages, in which prod has a text about privacy."""
    folder = tmp_path / "stages"
    (folder / "prod").mkdir(parents=True)
    (folder / "prod" / "privacy.md").write_text("We *keep* nothing.\n", encoding="utf-8")
    monkeypatch.setattr(operator_pages, "STAGES", folder)
    monkeypatch.setenv("GAS_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def test_should_show_html_as_text_and_follow_no_script() -> None:
    text = "<script>alert(1)</script>\n\n[a](javascript:alert(1)) <b onclick=x>b</b>\n"
    html = operator_pages.html_of(text)
    assert "<script" not in html
    assert "<b" not in html
    assert "href" not in html
    assert '<a href="mailto:a@b.org">' in operator_pages.html_of("[write](mailto:a@b.org)")


def test_should_know_what_a_stage_has_not_written(stages: Path) -> None:
    assert operator_pages.missing("prod", stages) == ("about", "terms", "contact")
    assert operator_pages.missing("dev", stages) == OPERATOR_PAGES


@pytest.mark.parametrize(("stage", "pages"), [("prod", {"privacy"}), ("dev", set())])
def test_should_travel_with_the_code_of_their_stage_alone(
    stages: Path, tmp_path: Path, stage: str, pages: set[str]
) -> None:
    assert stages.is_dir()
    assets.runtime_code(stack(tmp_path), stage=stage)
    [packed] = (tmp_path / "cache").iterdir()
    with zipfile.ZipFile(packed) as file:
        found = {name for name in file.namelist() if name.startswith("runtime/web/operator/")}
        assert found == {f"runtime/web/operator/{page}.html" for page in pages}
        for name in found:
            assert file.read(name) == b"<p>We <em>keep</em> nothing.</p>\n"
