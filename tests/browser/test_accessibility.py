"""The pages work without a mouse and on a phone."""

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FileChooser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.axe import SHOWN, axe
from tests.browser.person import Person
from tests.browser.test_axe import PAGES_OF_TEXT

FOCUS_IS_VISIBLE = """
() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement !== document.body && style.outlineStyle !== "none"
    && parseFloat(style.outlineWidth) >= 2;
}
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


BROKEN_WORDS = r"""
() => {
  const found = [];
  const range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: element } = texts.currentNode;
    if (!element.checkVisibility() || element.closest("h1, .mono, code, pre")) continue;
    for (const { 0: word, index } of data.matchAll(/(?<![^\s(])[A-Za-z]{2,14}(?![^\s).,:])/g)) {
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) found.push(word);
    }
  }
  return found;
}
"""
"""Words of plain letters that stand on two lines."""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this accessible name has the focus, which must show."""
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_VISIBLE), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("document.activeElement.labels?.[0]?.innerText") == name:
            return
        if page.evaluate("document.activeElement.innerText.trim()") == name:
            return
    raise AssertionError(f"Tab doesn't reach {name!r}")


def open_file_chooser(page: Page) -> FileChooser:
    """Press Space on the field that has the focus, again as a person would if nothing opens.

    On a busy machine Chromium was seen once to open nothing.
    """
    for _ in range(3):
        with suppress(PlaywrightTimeout):
            with page.expect_file_chooser(timeout=15_000) as chooser:
                page.keyboard.press("Space")
            return chooser.value
    raise AssertionError("three presses of Space opened nothing")


def test_should_do_the_whole_job_when_only_the_keyboard_is_used(
    context: BrowserContext, person: Person, sample: Path
) -> None:
    page = person.page
    context.clear_cookies()
    page.goto("/")
    tab_to(page, "Sign in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    tab_to(page, "Email address")
    page.keyboard.type(person.email)
    tab_to(page, "Password")
    page.keyboard.type(person.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs")

    tab_to(page, "Annotate your first file")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upload")
    tab_to(page, "Choose VCF files")
    open_file_chooser(page).set_files(sample)
    tab_to(page, "Upload and annotate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*-*")

    person.wait_for_state("Completed")
    tab_to(page, "Download annotated VCF")
    with page.expect_download():
        page.keyboard.press("Enter")
    tab_to(page, "Read the log")
    page.keyboard.press("Enter")
    page.wait_for_url("**/log")
    tab_to(page, "sample.vcf")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*-*")


def test_should_skip_the_navigation_when_the_first_link_is_followed(person: Person) -> None:
    page = person.page
    page.goto("/upload")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, "Choose VCF files")


def test_should_not_scroll_sideways_when_the_screen_is_a_phones(
    person_with_phone: Person, sample: Path, tmp_path: Path
) -> None:
    page = person_with_phone.page
    long_name = tmp_path / f"{'a-file-name-without-end-' * 7}.vcf"
    long_name.write_bytes(sample.read_bytes())
    job_id = person_with_phone.upload(long_name)
    for state in ("open", "completed"):
        assert page.evaluate(OVERFLOW) == 0, state
        person_with_phone.wait_for_state("Completed")
    job = f"/jobs/{job_id}"
    explored = (f"{job}/variants?variant=1-1", f"{job}/provenance")
    for path in ("/jobs", "/upload", job, *explored, f"{job}/log", "/nothing"):
        page.goto(path)
        assert page.evaluate(OVERFLOW) == 0, path
        assert page.evaluate(BROKEN_WORDS) == [], path
    page.goto(f"{job}/genome")
    expect(page.locator("#genome")).to_have_attribute("data-state", "ready", timeout=30_000)
    assert page.evaluate(OVERFLOW) == 0
    page.context.clear_cookies()
    for path in ("/", "/sign-in", *PAGES_OF_TEXT):
        page.goto(path)
        assert page.evaluate(OVERFLOW) == 0, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_should_follow_the_system_when_it_is_light_or_dark(person: Person, scheme: str) -> None:
    page = person.page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/jobs")
    assert page.evaluate(SHOWN, scheme)
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    assert not page.evaluate(SHOWN, scheme)


def test_should_be_dark_when_the_system_is_and_scripts_are_off(context: BrowserContext) -> None:
    assert context.browser
    site = context.new_page()
    site.goto("/")
    with context.browser.new_context(java_script_enabled=False, color_scheme="dark") as plain:
        page = plain.new_page()
        page.goto(site.url)
        assert page.locator("body").evaluate(f"() => ({SHOWN})('dark')")
        expect(page.get_by_label("Theme")).to_be_hidden()


def test_should_keep_a_theme_when_it_is_chosen(context: BrowserContext) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.get_by_label("Theme").select_option("Dark")
    assert page.evaluate(SHOWN, "dark")
    other = context.new_page()
    other.goto("/sign-in")
    assert other.evaluate(SHOWN, "dark")
    axe(other)
    other.get_by_label("Theme").select_option("As the system")
    page.wait_for_function(SHOWN, arg="light")  # the first page follows
    page.reload()
    assert page.evaluate(SHOWN, "light")


def test_should_reach_the_end_by_itself_when_scripts_are_off(person: Person, sample: Path) -> None:
    job_id = person.upload(sample)
    browser = person.page.context.browser
    assert browser
    with browser.new_context(
        java_script_enabled=False, storage_state=person.page.context.storage_state()
    ) as context:
        page = context.new_page()
        page.goto(person.page.url)
        reader = Person(page, person.email, person.password)
        reader.wait_for_state("Completed")
        expect(page.locator("time").first).to_contain_text("UTC")
        assert page.url.endswith(job_id)
