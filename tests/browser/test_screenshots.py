"""Pictures of the main pages, kept where GAS_SCREENSHOTS names a folder: one is the README's."""

import os
from pathlib import Path

from tests.browser.person import Person

SMALLEST_BYTES = 10_000
"""A picture of an empty page is smaller."""


def test_should_be_worth_a_picture_when_a_job_has_completed(
    person: Person, person_with_phone: Person, sample: Path, tmp_path: Path
) -> None:
    folder = Path(os.environ.get("GAS_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for reader, suffix in ((person, ""), (person_with_phone, "-phone")):
        reader.upload(sample)
        reader.wait_for_state("Completed")
        keep(reader, folder / f"result{suffix}.png")
        reader.page.emulate_media(color_scheme="dark")
        keep(reader, folder / f"result{suffix}-dark.png")


def keep(reader: Person, picture: Path) -> None:
    reader.page.screenshot(path=picture, full_page=True, animations="disabled")
    assert picture.stat().st_size > SMALLEST_BYTES
