"""Reads pages of the site as a browser does: their forms and token; and the link in an email."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form with the values that the page put into it; `fields` holds them by name."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Page:
    """The forms of a page, and the token that its scripts send."""

    forms: list[Form] = field(default_factory=list)
    csrf_token: str = ""

    def form(self, action: str) -> Form:
        """Return the form whose action ends with a path.

        Raises:
            ValueError: the page has no such form.
        """
        for form in self.forms:
            if form.action.endswith(action):
                return form
        known = ", ".join(form.action or "itself" for form in self.forms) or "none"
        raise ValueError(
            f"the page has no form with the action {action}; the actions of its forms: {known}"
        )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(found.get("action", ""))
            self.page.forms.append(self._form)
        elif tag == "input" and self._form is not None and found.get("name"):
            self._form.fields[found["name"]] = found.get("value", "")
        elif tag == "meta" and found.get("name") == "csrf-token":
            self.page.csrf_token = found.get("content", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def read_page(html: str) -> Page:
    """Parse a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def confirmation_path(text: str) -> str | None:
    """Return the path of the confirmation link in an email; None when there is none."""
    match = re.search(r"https?://[^/\s]+(/confirm/[^\s\"'<>]+)", text)
    return match.group(1) if match else None
