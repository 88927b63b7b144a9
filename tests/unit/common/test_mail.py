"""Emails: two forms of each, a subject of one line, nothing of a name read as markup."""

from pathlib import Path

import pytest
from jinja2 import TemplateError

from runtime.common import mail
from runtime.common.mail import write_email

MAILS = Path(mail.__file__).parent / "mails"
SHARED = {"base", "choice", "signature"}
JOB = {
    "name": "Ada <3",
    "file_name": "trio.vcf",
    "error": "Line 3: POS <x> is no number.",
    "job_url": "https://gas.example.org/jobs/1",
    "upload_url": "https://gas.example.org/upload",
    "subscribe_url": "https://gas.example.org/subscribe",
    "choice_url": "https://gas.example.org/profile#mails",
    "due": "",
    "own_file": "yes",
}


def test_should_have_both_forms_when_a_letter_is_written() -> None:
    texts, pages = ({f.stem for f in MAILS.glob(f"*.{kind}")} - SHARED for kind in ("txt", "html"))
    assert texts == pages
    assert texts


@pytest.mark.parametrize("text", sorted(MAILS.glob("*.txt")), ids=lambda text: text.stem)
def test_should_begin_with_its_subject_when_a_letter_is_a_text(text: Path) -> None:
    if text.stem in SHARED:
        return
    subject, empty, *_ = text.read_text(encoding="utf-8").splitlines()
    assert subject.startswith("Subject: ")
    assert empty == ""


@pytest.mark.parametrize("page", sorted(MAILS.glob("*.html")), ids=lambda page: page.stem)
def test_should_fetch_nothing_when_a_letter_is_a_page(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    for foreign in ("<img", "<link", "<script", "src=", "url("):
        assert foreign not in source


def test_should_say_the_same_in_both_forms_when_rendered() -> None:
    email = write_email("job_failed", **JOB)
    assert email.subject == "trio.vcf could not be annotated"
    assert "Hello Ada <3," in email.text
    assert "Hello Ada &lt;3," in email.html
    assert "Line 3: POS <x> is no number." in email.text
    assert "Line 3: POS &lt;x&gt; is no number." in email.html
    for form in (email.text, email.html):
        assert JOB["job_url"] in form
        assert "GAS, the Genomics Annotation Service" in form
    assert "Subject:" not in email.text


def test_should_keep_the_subject_on_one_line_when_a_name_has_several() -> None:
    email = write_email("job_completed", **JOB | {"file_name": "a\nBcc: eve@example.org"})
    assert email.subject == "a Bcc: eve@example.org has been annotated"


@pytest.mark.parametrize(("template", "values"), [("none", JOB), ("job_failed", {"name": "Ada"})])
def test_should_refuse_when_template_or_value_is_missing(
    template: str, values: dict[str, str]
) -> None:
    with pytest.raises(TemplateError):
        write_email(template, **values)
