"""The documents are in plain English: short sentences, one spelling."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.test_docs import DOCUMENTS, INLINE_CODE, name_of

MOST_WORDS = 40
"""Of one sentence. Some 20 are right; with more than this, a reader begins again."""

OTHER_SPELLINGS = re.compile(
    r"\b(e-mail\w*|colors?|behaviors?|canceled|licenses?|catalogs?|centers?)\b", re.IGNORECASE
)
"""The project spells as the Oxford dictionary does: colour, licence, but realize."""


def sentences(document: Path) -> Iterator[str]:
    """Yield the sentences of a document's prose: no tables, no code, no headings."""
    text = re.sub(
        r"```.*?```|<!--.*?-->", "", document.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    text = re.sub(r"^(\||#| {4,}\S).*$", "", text, flags=re.MULTILINE)
    text = INLINE_CODE.sub("code", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text))
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text):
        yield from re.split(r"(?<=[.!?:])\s+", " ".join(block.split()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_should_be_short_when_a_sentence_stands_in_a_document(document: Path) -> None:
    assert [text for text in sentences(document) if len(text.split()) > MOST_WORDS] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_should_spell_as_the_pages_do(document: Path) -> None:
    text = re.sub(
        r"```.*?```|\]\([^)]*\)", "", document.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert OTHER_SPELLINGS.findall(INLINE_CODE.sub("", text)) == []
