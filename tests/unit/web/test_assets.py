import gzip
import re
import shutil
from pathlib import Path

import pytest

from runtime.web.extensions.assets import FOR_EVER, STATIC, AssetMissing, Assets
from tests.unit.node import run_by_node
from tests.unit.web.site import Site

REPOSITORY = Path(__file__).parents[3]
TEMPLATES = STATIC.parent / "templates"


def test_should_be_kept_for_ever_when_the_address_names_this_release(site: Site) -> None:
    page = site.visitor().get("/").text
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(addresses) == 10
    for address in addresses:
        answer = site.visitor().client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOR_EVER
        assert "Set-Cookie" not in answer.headers


def test_should_not_be_kept_when_the_address_names_another_release(site: Site) -> None:
    answer = site.visitor().client.get("/static/000000000000/css/base.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_should_be_compressed_when_the_browser_takes_it(site: Site) -> None:
    path = site.app.extensions["assets"].version
    plain = site.visitor().client.get(f"/static/{path}/css/base.css")
    zipped = site.visitor().client.get(
        f"/static/{path}/css/base.css", headers={"Accept-Encoding": "gzip, br"}
    )
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert plain.headers["Vary"] == zipped.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("name", ["../app.py", "css/none.css", "vendor", ""])
def test_should_answer_404_when_there_is_no_such_file(site: Site, name: str) -> None:
    assert site.visitor().client.get(f"/static/x/{name}").status_code == 404


def test_should_change_its_version_when_any_file_changes(tmp_path: Path, vendor: Path) -> None:
    copy = tmp_path / "static"
    shutil.copytree(STATIC, copy, ignore=shutil.ignore_patterns("vendor"))
    before = Assets(copy, vendor).version
    assert Assets(STATIC, vendor).version == before
    (copy / "js" / "main.js").rename(copy / "js" / "renamed.js")
    assert (renamed := Assets(copy, vendor).version) != before
    (copy / "js" / "renamed.js").write_text("// changed")
    assert Assets(copy, vendor).version not in {before, renamed}


def test_should_refuse_to_start_when_the_genome_browser_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match=r"vendor/igv\.esm\.min\.js is missing"):
        Assets(STATIC, tmp_path)


IMPORTS = """
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
const [, espree, folder, ...entries] = process.argv;
const { parse } = (await import(espree)).default;
const options = { ecmaVersion: "latest", sourceType: "module" };
function graph(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const { source } of parse(readFileSync(join(folder, name), "utf8"), options).body)
    if (source) graph(normalize(join(dirname(name), source.value)), found);
  return found;
}
const answer = Object.fromEntries(entries.map((name) => [name, [...graph(name)].sort()]));
process.stdout.write(JSON.stringify(answer));
"""


def test_should_preload_the_whole_import_graph_when_a_page_runs_a_script(
    site: Site, vendor: Path
) -> None:
    templates = "".join(page.read_text("utf-8") for page in TEMPLATES.rglob("*.html"))
    entries = sorted(set(re.findall(r"module\('([^']+)'\)", templates)))
    espree = REPOSITORY / "node_modules" / "espree" / "dist" / "espree.cjs"
    graphs = run_by_node(IMPORTS, espree.as_uri(), str(STATIC), *entries)
    assert len(graphs["js/upload/main.js"]) > 10
    assert 'type="module"' not in templates

    for name in entries:
        with site.app.test_request_context("/"):
            elements = str(site.app.jinja_env.globals["module"](name))  # type: ignore[operator]
        loaded = re.findall(r'(?:href|src)="/static/[^/]+/([^"]+)"', elements)
        assert sorted(loaded) == graphs[name]
        assert loaded[-1] == name


def test_should_say_so_when_a_script_imports_what_is_not_there(
    tmp_path: Path, vendor: Path
) -> None:
    (tmp_path / "one.js").write_text('import { two } from "./two.js";')
    with pytest.raises(AssetMissing, match=r"two\.js"):
        Assets(tmp_path, vendor)
