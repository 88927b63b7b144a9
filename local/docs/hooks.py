"""What MkDocs calls: `mkdocs.yml` names this file."""

import re
from posixpath import dirname, normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from local.docs.mermaid import mermaid_script
from local.docs.pages import GENERATED, READMES
from local.host.folder import REPOSITORY, Folder

SCRIPT = "javascripts/mermaid.min.js"

_LINK = re.compile(r"(\]\()([^)\s:#]+)((?:#[^)\s]*)?\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the script that draws diagrams."""
    for path, make in GENERATED.items():
        files.append(File.generated(config, path, content=make()))
    script = mermaid_script(Folder.of_repository().cache / "docs")
    files.append(File.generated(config, SCRIPT, abs_src_path=str(script)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Have links between `docs/` and other folders lead to the site's pages."""
    path = page.file.src_uri
    source = {site: readme for readme, site in READMES.items()}.get(path, f"docs/{path}")

    def replaced(match: re.Match[str]) -> str:
        before, target, after = match.groups()
        wanted = normpath(f"{dirname(source)}/{target}")
        if wanted in READMES:
            return before + relpath(READMES[wanted], dirname(path)) + after
        if wanted.startswith("docs/"):
            return before + relpath(wanted.removeprefix("docs/"), dirname(path)) + after
        if (REPOSITORY / wanted).exists():
            # No page of the site: its path in the repository is what helps a reader.
            return f"{before}{target}{after}"
        return match[0]

    return _LINK.sub(replaced, markdown)
