"""What a person asks for: a filter, an order and a page, as the address of the page says it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from runtime.vcf.consequences import Impact
from runtime.web.services.variants.region import Region, read_region

ANY = "any"
NONE = "none"

MOST_CHOICES = 50
"""Of one kind in one filter."""

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Choices = Annotated[tuple[Word, ...], Field(max_length=MOST_CHOICES)]
Share = Annotated[
    float,
    BeforeValidator(lambda value: value.replace(",", ".") if isinstance(value, str) else value),
    Field(ge=0, le=1, allow_inf_nan=False),
]
Sort = Literal["position", "impact", "gene", "frequency", "quality"]
VariantKey = Annotated[str, StringConstraints(pattern=r"^\d{1,15}-\d{1,9}$")]


def _region(value: object) -> object:
    return read_region(value) if isinstance(value, str) else value


class BadFilter(Exception):
    """The address holds a filter that can't be; `faults` has a sentence for each field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in faults.items()))
        self.faults = dict(faults)


class VariantFilter(BaseModel):
    """Conditions that one row of a variant meets all together; what is empty asks for nothing.

    Attributes:
        gene: names, one of which is the row's.
        consequence: terms of the Sequence Ontology, one of which is among the row's.
        impact: impacts, one of which is the row's.
        kind: classes, such as SNV.
        known: `any`, `none`, or an id as dbSNP or the upload gives it.
        clinical: significances, one of which is the row's; `any` is any at all.
        af_min, af_max: bounds of the allele frequency, both inside.
        annotated: `yes` leaves out what the engine couldn't take.
        region: where POS lies; a number that is no contig's name is a position.
        text: found somewhere in names, ids, changes and conditions, or a change or a place that it
            names; case doesn't matter.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    gene: Choices = ()
    consequence: Choices = ()
    impact: tuple[Impact, ...] = ()
    kind: Annotated[Choices, Field(alias="class")] = ()
    known: Word | None = None
    clinical: Choices = ()
    af_min: Share | None = None
    af_max: Share | None = None
    annotated: Literal["yes"] | None = None
    region: Annotated[Region | None, BeforeValidator(_region)] = None
    text: Annotated[Word | None, Field(alias="q")] = None

    @field_validator("gene", mode="before")
    @classmethod
    def _take_lists_apart(cls, names: Iterable[str]) -> list[str]:
        return [name for text in names for name in text.replace(",", " ").split()]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.af_min is not None and self.af_max is not None and self.af_min > self.af_max:
            raise ValueError("The lowest allele frequency is above the highest.")
        return self

    @property
    def is_empty(self) -> bool:
        """Whether it leaves everything."""
        return not self.pairs()

    def without(self, name: str, value: str) -> "VariantFilter":
        """Return it without one of its `pairs`."""
        left: dict[str, list[str]] = {}
        for pair in self.pairs():
            if pair != (name, value):
                left.setdefault(pair[0], []).append(pair[1])
        return VariantQuery.read(left).filter

    def pairs(self) -> list[tuple[str, str]]:
        """Return it as names and values of an address; the same filter gives the same."""
        pairs = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) and name != "region" else (value,)
            pairs += [(field.alias or name, _written(each)) for each in values if each is not None]
        return pairs


class VariantQuery(BaseModel):
    """A filter, the order of what it leaves, a page of that, and the variant to look at."""

    model_config = ConfigDict(frozen=True)

    filter: VariantFilter = VariantFilter()
    sort: Sort = "position"
    descending: bool = False
    page: Annotated[int, Field(ge=1, le=10**9)] = 1
    variant: VariantKey | None = None

    @classmethod
    def read(cls, given: Mapping[str, list[str]]) -> Self:
        """Read it from the names and values of an address; what is empty counts as not there.

        Raises:
            BadFilter: with a sentence for each field that is wrong.
        """
        values = {name: [v for v in found if v.strip()] for name, found in given.items()}
        single = {name: found[-1] for name, found in values.items() if found}
        sort = single.get("sort", "position")
        try:
            return cls(
                filter=VariantFilter.model_validate(single | _lists(values)),
                sort=sort.removeprefix("-"),
                descending=sort.startswith("-"),
                page=single.get("page", 1),
                variant=single.get("variant"),
            )
        except ValidationError as error:
            raise BadFilter(_faults(error)) from error

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """Return it, with some fields changed, as names and values of an address."""
        new = self.model_copy(update=changes)
        pairs = new.filter.pairs()
        if new.sort != "position" or new.descending:
            pairs.append(("sort", f"{'-' if new.descending else ''}{new.sort}"))
        if new.page != 1:
            pairs.append(("page", str(new.page)))
        if new.variant:
            pairs.append(("variant", new.variant))
        return pairs


_LISTS = ("gene", "consequence", "impact", "class", "clinical")

_SENTENCES = {
    "q": "Search for at most 200 characters.",
    "gene": f"Name at most {MOST_CHOICES} genes.",
    "known": "Write one id, or any, or none.",
    "sort": "The table can't be sorted by that.",
    "page": "Pages count from 1.",
    "variant": "There is no such variant.",
    "impact": f"An impact is one of {', '.join(Impact)}.",
    "af_min": "Write a number from 0 to 1.",
    "af_max": "Write a number from 0 to 1.",
    "annotated": "Write yes, or leave it out.",
}


def _lists(values: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: values.get(name, []) for name in _LISTS}


def _written(value: object) -> str:
    # As many digits as tell it from every other: a link means the same set as the page that has it.
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _faults(error: ValidationError) -> dict[str, str]:
    faults = {}
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else "af_min"
        own = fault["msg"].removeprefix("Value error, ")
        faults[name] = own if fault["type"] == "value_error" else _SENTENCES.get(name, own)
    return faults
