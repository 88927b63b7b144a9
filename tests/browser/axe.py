"""axe-core, the field's checker of accessibility, on the page that a browser shows.

https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

BAD = {"serious", "critical"}

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)
"""Pixels."""

SHOWN = r"""
(scheme) => {
  if (!document.body) return false; // the page is just being loaded
  const [red] = getComputedStyle(document.body).backgroundColor.match(/\d+/);
  return (red < 128 ? "dark" : "light") === scheme;
}
"""
"""Whether the page's ground is that of a theme."""

RUN = """
() => axe.run(document, { resultTypes: ["violations"], preload: false })
  .then((results) => results.violations)
"""


def axe(page: Page) -> None:
    """Fail when axe-core finds something serious or critical on the page as it is now.

    The script goes in through the browser's debugging protocol, to which the page's content
    security policy doesn't apply; the page itself needs to allow nothing.
    """
    page.evaluate(_source())
    faults = [_described(found) for found in page.evaluate(RUN) if found["impact"] in BAD]
    assert not faults, f"{page.url}:\n" + "\n".join(faults)


def axe_in_both_themes(page: Page) -> None:
    """As `axe`, in light and in dark, on a desktop and on a phone; then as before.

    It is without motion, for colours in transition are neither theme's.
    """
    before = page.viewport_size
    assert before
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": before["height"]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_function(SHOWN, arg=scheme)
            axe(page)
    page.set_viewport_size(before)


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")


def _described(found: dict[str, Any]) -> str:
    places = "\n".join(f"    {node['target']}: {node['failureSummary']}" for node in found["nodes"])
    return f"  {found['impact']}: {found['id']}, {found['help']}\n{places}"
