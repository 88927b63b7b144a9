"""The check of the pages that other tests render."""

from pathlib import Path

import pytest
from flask import Flask

from tests.unit.web.rendered_pages import RenderedPages

PAGE = '<!doctype html>\n<html lang="en"><head><title>A</title></head><body>{}</body></html>\n'


def test_should_name_the_rule_when_a_page_breaks_it(tmp_path: Path) -> None:
    app = Flask(__name__)
    pages = RenderedPages(tmp_path)
    pages.collect_from(app)
    app.add_url_rule("/", "start", lambda: PAGE.format('<span aria-label="to">x</span>'))
    app.add_url_rule("/sound", "sound", lambda: PAGE.format("<h1>Sound</h1>"))
    for path in ("/", "/sound", "/sound"):
        app.test_client().get(path)

    with pytest.raises(AssertionError, match="aria-label-misuse") as raised:
        pages.validate()

    assert "1-start-200.html" in str(raised.value)
    assert "sound" not in str(raised.value)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "1-start-200.html",
        "2-sound-200.html",
    ]
