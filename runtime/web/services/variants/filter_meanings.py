"""What each condition of a filter means, by its docstrings: for the help and the documentation."""

import inspect
import re
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True)
class FilterMeaning:
    """A condition, by its `name` in an address; `several`: whether it may be repeated."""

    name: str
    several: bool
    meaning: str


def filter_meanings(model: type[BaseModel]) -> list[FilterMeaning]:
    """Return what each condition of a filter means.

    Raises:
        KeyError: a docstring leaves one out.
    """
    meanings = meanings_of(model)
    return [
        FilterMeaning(field.alias or name, isinstance(field.default, tuple), meanings[name])
        for name, field in model.model_fields.items()
    ]


def meanings_of(model: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings of a model and its bases say of each attribute."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        attributes = (inspect.getdoc(each) or "").partition("Attributes:\n")[2]
        for names, text in re.findall(
            r"^    (\w[\w, ]*): (.+(?:\n        .+)*)", attributes, re.MULTILINE
        ):
            found |= dict.fromkeys(names.split(", "), " ".join(text.split()))
    return found
