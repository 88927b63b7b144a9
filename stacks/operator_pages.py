"""The operator's own texts for the pages about, privacy, terms and contact: Markdown of a stage.

`stages/NAME/privacy.md` is the text of a stage's page on privacy, and so on. They become HTML when
the code is packed, so that instances need no library for it. Markdown is CommonMark; HTML in it is
shown as text, and links lead to http, https and mail addresses alone.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from markdown_it import MarkdownIt

from runtime.contract.site import OPERATOR_FOLDER, OPERATOR_PAGES
from stacks.settings.stage_file import STAGES


def sources(stage: str, folder: Path | None = None) -> dict[str, Path]:
    """Return the files of the pages that a stage has a text for, by page."""
    files = {page: (folder or STAGES) / stage / f"{page}.md" for page in OPERATOR_PAGES}
    return {page: path for page, path in files.items() if path.is_file()}


def missing(stage: str, folder: Path | None = None) -> tuple[str, ...]:
    """Return the pages that a stage has no text for."""
    return tuple(page for page in OPERATOR_PAGES if page not in sources(stage, folder))


def html_of(markdown: str) -> str:
    """Return a text as HTML, without any that it holds itself."""
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown))


@contextmanager
def rendered(files: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
    """Write the texts as HTML for a while, and yield the files by their names in the code."""
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for page, source in files.items():
            path = Path(folder) / f"{page}.html"
            path.write_text(html_of(source.read_text(encoding="utf-8")), encoding="utf-8")
            made[f"runtime/{OPERATOR_FOLDER}/{page}.html"] = path
        yield made
