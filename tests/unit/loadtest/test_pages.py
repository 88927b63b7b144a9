"""A person finds the forms of a page, and the link of a mail."""

import pytest

from loadtest.pages import confirmation_path, read_page

PAGE = """<html><head><meta name="csrf-token" content="a&amp;b"></head><body>
<form method="post" action="/sign-out"><input type="hidden" name="csrf_token" value="one"></form>
<form method="post" action="/register">
<input type="hidden" name="csrf_token" value="two"><input name="email"><input type="submit">
</form></body></html>"""


def test_should_find_the_fields_of_a_form_when_the_page_has_several() -> None:
    form = read_page(PAGE).form("/register")

    assert form.fields == {"csrf_token": "two", "email": ""}


def test_should_find_the_token_of_scripts_when_the_page_has_one() -> None:
    assert read_page(PAGE).csrf_token == "a&b"


def test_should_name_the_forms_when_the_wanted_one_is_missing() -> None:
    with pytest.raises(ValueError, match=r"/confirm.*/sign-out, /register"):
        read_page(PAGE).form("/confirm")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Open https://gas.example.org/confirm/a.b-c_d\nto go on", "/confirm/a.b-c_d"),
        ('<a href="http://127.0.0.1:8000/confirm/x">here</a>', "/confirm/x"),
        ("Your file is annotated: http://127.0.0.1:8000/jobs/1", None),
    ],
)
def test_should_find_the_confirmation_link_when_a_mail_has_one(text: str, path: str | None) -> None:
    assert confirmation_path(text) == path
