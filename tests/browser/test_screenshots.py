"""Pictures of the main pages, kept where GAS_SCREENSHOTS names a folder: two are the README's."""

import os
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import SCHEMES, axe
from tests.browser.person import Person
from tests.cloud import DeployedCloud

SMALLEST_BYTES = 10_000
"""A picture of an empty page is smaller."""


def test_should_be_worth_a_picture_when_a_job_has_completed(
    context: BrowserContext,
    phone: BrowserContext,
    cloud: DeployedCloud,
    sample: Path,
    tmp_path: Path,
) -> None:
    folder = Path(os.environ.get("GAS_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for device, suffix in ((context, ""), (phone, "-phone")):
        reader = Person(device.new_page(), cloud.demo.email, cloud.demo.password)
        reader.sign_in()
        reader.upload(sample)
        reader.wait_for_state("Completed")
        keep(reader.page, folder / f"result{suffix}.png")
        reader.page.emulate_media(color_scheme="dark")
        keep(reader.page, folder / f"result{suffix}-dark.png")
        if not suffix:  # wide enough for the panel to stand beside the table
            reader.page.set_viewport_size({"width": 1440, "height": 960})
        reader.page.goto(f"{reader.page.url}/variants?clinical=any&gene=MT-ND4,MT-ATP6")
        reader.page.get_by_role("link", name="MT:11,778").click()
        expect(reader.page.get_by_role("heading", name="In your file")).to_be_visible()
        keep(reader.page, folder / f"explorer{suffix}-dark.png", full_page=False)
        reader.page.emulate_media(color_scheme="light")
        reader.page.reload()  # or colours would be caught half-way from dark to light
        keep(reader.page, folder / f"explorer{suffix}.png", full_page=False)


def test_should_be_worth_a_picture_when_a_visitor_reads_the_example(
    context: BrowserContext, tmp_path: Path
) -> None:
    folder = Path(os.environ.get("GAS_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 960})
    page.goto("/")
    page.get_by_role("link", name="See an example result").click()
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Explore the variants").click()
    page.goto(f"{page.url}?gene=MT-ND4,MT-ATP6")
    page.get_by_role("link", name=re.compile(":11,778")).click()
    expect(page.get_by_role("heading", name="In your file")).to_be_visible()
    address = page.url
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(address)  # or colours would be caught half-way
        expect(page.get_by_role("heading", name="In your file")).to_be_visible()
        axe(page)
        keep(page, folder / f"example-{scheme}.png", full_page=False)
    page.goto(address.partition("/variants")[0] + "/genome")
    expect(page.locator("#genome")).to_have_attribute("data-state", "ready", timeout=60_000)


def test_should_be_worth_a_picture_when_files_are_chosen_and_jobs_listed(
    person: Person, person_with_phone: Person, cloud: DeployedCloud, sample: Path, tmp_path: Path
) -> None:
    folder = Path(os.environ.get("GAS_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for reader, suffix in ((person, ""), (person_with_phone, "-phone")):
        reader.upload(sample)
        cloud.jobs.set_note(reader.page.url[-36:], _id(cloud, reader), "Trio 7, mother")
        reader.wait_for_state("Completed")
        reader.page.goto("/jobs")
        keep(reader.page, folder / f"jobs{suffix}.png")
        reader.choose(sample)
        expect(reader.page.get_by_text("Ready")).to_be_visible()
        keep(reader.page, folder / f"upload{suffix}.png")


def _id(cloud: DeployedCloud, reader: Person) -> str:
    user = cloud.users.by_email(reader.email)
    assert user
    return user.user_id


def keep(page: Page, picture: Path, *, full_page: bool = True) -> None:
    page.screenshot(path=picture, full_page=full_page, animations="disabled")
    assert picture.stat().st_size > SMALLEST_BYTES
