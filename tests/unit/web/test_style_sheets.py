"""The style sheets and the pages have the same classes, and no variable is without a value."""

import re
from functools import cache

from runtime.web.extensions.assets import STATIC

TEMPLATES = STATIC.parent / "templates"
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ATTRIBUTE = re.compile(r'\bclass(?:Name)?\s*=\s*"([^"]*)"')
_BLOCK = re.compile(r"\{% block frame %\}([\w -]*)\{% endblock %\}")
_LITERAL = re.compile(r'"([^"]*)"')
_LISTED = re.compile(r"classList\.(?:add|remove|toggle)\(([^)]*)\)")
_WORD = re.compile(r"[A-Za-z_][\w-]*\*?")

UNWRITTEN = ("igv", "jss", "visually")
"""Begin names of classes that igv.js gives to what it draws."""


@cache
def sheets() -> str:
    text = "\n".join(f.read_text(encoding="utf-8") for f in sorted((STATIC / "css").glob("*.css")))
    return _COMMENT.sub("", text)


@cache
def rules() -> set[str]:
    """Classes that selectors name."""
    heads = re.findall(r"([^{}]+)\{", re.sub(r"url\([^)]*\)|\"[^\"]*\"", "", sheets()))
    return {name for head in heads if "@" not in head for name in _CLASS.findall(head)}


def classes_of(expression: re.Match[str]) -> str:
    """A star for its value, and the classes that it adds: "panel{{ " open" if x }}"."""
    return "*" + "".join(text for text in _LITERAL.findall(expression[0]) if text.startswith(" "))


@cache
def used() -> set[str]:
    """Classes of templates and scripts; one that ends in a value ends here in "*"."""
    found: set[str] = set()
    for page in TEMPLATES.rglob("*.html"):
        # The quotes of an expression would end the attribute.
        written = page.read_text(encoding="utf-8")
        text = _VALUE.sub(classes_of, _JINJA.sub(" ", written))
        for value in [*_ATTRIBUTE.findall(text), *_BLOCK.findall(written)]:
            found |= set(_WORD.findall(value))
    for script in (STATIC / "js").rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        for value in _ATTRIBUTE.findall(text):
            found |= set(_WORD.findall(value))
        for call in _LISTED.findall(text):
            found |= set(re.findall(r'"([\w-]+)"', call))
    return found


def test_should_have_a_rule_when_a_page_uses_a_class() -> None:
    assert [name for name in sorted(used()) if not has_rule(name)] == []


def has_rule(name: str) -> bool:
    if name.endswith("*"):
        return any(rule.startswith(name[:-1]) for rule in rules())
    return name in rules()


def test_should_be_on_a_page_when_a_class_has_a_rule() -> None:
    beginnings = tuple(name[:-1] for name in used() if name.endswith("*"))
    unused = rules() - used()
    assert {n for n in unused if not n.startswith((*beginnings, *UNWRITTEN))} == set()


def test_should_have_a_value_when_a_style_sheet_uses_a_variable() -> None:
    used_ones = set(re.findall(r"var\((--[\w-]+)\)", sheets()))
    assert used_ones - set(re.findall(r"(--[\w-]+):", sheets())) == set()
