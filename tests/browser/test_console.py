"""The page of the scaling: it follows by itself, in both themes and on a phone."""

from playwright.sync_api import Browser, expect

from local.aws.console_page import ConsolePage
from local.host.http_server import LoopThread
from tests.browser.axe import SCHEMES, axe
from tests.scaling_record import RECORD

OK = RECORD.model_copy(
    update={"alarms": (RECORD.alarms[0].model_copy(update={"state": "OK", "value": 3.0}),)}
)


def test_should_show_each_new_state_when_it_is_left_open(browser: Browser) -> None:
    with LoopThread() as servers, ConsolePage(servers) as console:
        console.add(RECORD)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(console.url)
        expect(page.get_by_text("2 running of 3 desired")).to_be_visible()
        expect(page.get_by_role("cell", name="alarm high in ALARM at <b>14</b>")).to_be_visible()
        page.evaluate("window.loadedOnce = true")

        console.add(OK)

        expect(page.get_by_text("OK · newest datapoint: 3")).to_be_visible()
        assert page.evaluate("window.loadedOnce"), "the page was loaded again"
        assert page.locator("svg polyline").count() == 3
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()
    assert faults == []
