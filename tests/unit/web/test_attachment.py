"""The name under which a download is saved."""

import pytest
from werkzeug.http import parse_options_header

from runtime.web.services.attachment import attachment

NAMES = ["Müller, 父.annot.vcf.gz", 'a "b".tsv', "100 %.vcf", "x.vcf; filename=y"]


@pytest.mark.parametrize("name", NAMES)
def test_should_keep_every_letter_when_a_client_reads_the_extended_form(name: str) -> None:
    header = attachment(name)
    assert header.isascii()
    assert parse_options_header(header) == ("attachment", {"filename": name})


def test_should_be_plain_when_the_name_is() -> None:
    assert attachment("x (1).vcf") == 'attachment; filename="x (1).vcf"'
