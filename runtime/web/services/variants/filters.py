"""What a person asks for: a filter, a sort order and a page, as the URL's query string has them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
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
from runtime.web.services.variants.region import Region, parse_region
from runtime.web.services.variants.sample_filter import (
    PEOPLE,
    SAMPLE_LISTS,
    SAMPLE_SENTENCES,
    SampleFilter,
    Share,
    Word,
)
from runtime.web.services.variants.track_condition import TrackCondition

ANY = "any"
NONE = "none"

MAX_CHOICES = 50
"""Values of one field of a filter."""

Choices = Annotated[tuple[Word, ...], Field(max_length=MAX_CHOICES)]
Sort = Literal[
    "importance",
    "position",
    "change",
    "gene",
    "impact",
    "hgvs",
    "known",
    "significance",
    "population",
    "genotype",
    "frequency",
    "quality",
]
DEFAULT_SORT: Sort = "importance"

LAST_PAGE = "end"
"""The value of `before` that means the last page."""

TrackText = Annotated[Word, AfterValidator(lambda text: str(TrackCondition.parse(text)))]
_KEY = r"\d{1,15}-\d{1,9}"
VariantKeyText = Annotated[str, StringConstraints(pattern=rf"^{_KEY}$")]
BeforeText = Annotated[str, StringConstraints(pattern=rf"^({_KEY}|{LAST_PAGE})$")]


def _region(value: object) -> object:
    return parse_region(value) if isinstance(value, str) else value


class InvalidFilter(Exception):
    """The URL holds a filter that isn't valid; `errors` has a sentence for each field, and the text
    has them all."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class VariantFilter(SampleFilter):
    """Conditions that one row of a variant must meet together; an empty field is no condition.

    Attributes:
        gene: the row's gene has one of these symbols or identifiers, with or without version;
            BRCA* means all that begin so.
        contig: the variant is on one of these contigs, by any of their names.
        consequence: the row has one of these terms of the Sequence Ontology.
        impact: the row's impact is one of these.
        variant_class: the variant's class is one of these, such as SNV.
        known: `any`, `none`, or an id as dbSNP or the uploaded file gives it.
        clinical: the row's significance is one of these; `any` means any value.
        field: conditions on the columns of tracks, see `TrackCondition`: those on one column are
            alternatives.
        af_min, af_max: bounds of the allele frequency in the uploaded file, both included.
        population_af_max: no track of the reference says more of the variant's allele frequency in
            a population, this bound included; one that no track lists meets it.
        annotated: `yes` leaves out variants that weren't annotated.
        starred: `yes` leaves only those that somebody has starred in this result.
        region: POS is in it; a number that isn't a contig's name is a position.
        text: is contained in a name, id, change or condition, in any case; or it is itself a
            change of bases, a position or a region.
    """

    gene: Choices = ()
    contig: Choices = ()
    consequence: Choices = ()
    impact: tuple[Impact, ...] = ()
    variant_class: Annotated[Choices, Field(alias="class")] = ()
    known: Word | None = None
    clinical: Choices = ()
    field: Annotated[tuple[TrackText, ...], Field(max_length=MAX_CHOICES)] = ()
    af_min: Share | None = None
    af_max: Share | None = None
    population_af_max: Share | None = None
    annotated: Literal["yes"] | None = None
    starred: Literal["yes"] | None = None
    region: Annotated[Region | None, BeforeValidator(_region)] = None
    text: Annotated[Word | None, Field(alias="q")] = None

    @field_validator("gene", mode="before")
    @classmethod
    def _split_lists(cls, names: Iterable[str]) -> list[str]:
        return [name for text in names for name in text.replace(",", " ").split()]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.af_min is not None and self.af_max is not None and self.af_min > self.af_max:
            raise ValueError("The lowest allele frequency is above the highest.")
        return self

    @property
    def is_empty(self) -> bool:
        """Whether it has no condition."""
        return not self.to_args()

    def without(self, name: str, value: str) -> "VariantFilter":
        """Return it without one of its `to_args`."""
        left: dict[str, list[str]] = {}
        # Without its people there is no mode of inheritance.
        also = {"inheritance"} if name in PEOPLE else set()
        for arg in self.to_args():
            if arg != (name, value) and arg[0] not in also:
                left.setdefault(arg[0], []).append(arg[1])
        return VariantQuery.from_args(left).filter

    def to_args(self) -> list[tuple[str, str]]:
        """Return it as the names and values of a query string; equal filters give equal ones."""
        args = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) and name != "region" else (value,)
            args += [(field.alias or name, _to_text(each)) for each in values if each is not None]
        return args


class VariantQuery(BaseModel):
    """A filter, a sort order, a page of what matches, and the variant to show in detail.

    Attributes:
        after, before: the page begins after this variant, or ends before it; none: the first page.
    """

    model_config = ConfigDict(frozen=True)

    filter: VariantFilter = VariantFilter()
    sort: Sort = DEFAULT_SORT
    descending: bool = False
    after: VariantKeyText | None = None
    before: BeforeText | None = None
    variant: VariantKeyText | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, list[str]]) -> Self:
        """Read it from the names and values of a query string; empty values are ignored.

        Raises:
            InvalidFilter: with a sentence for each field that is wrong.
        """
        values = {name: [v for v in found if v.strip()] for name, found in args.items()}
        single = {name: found[-1] for name, found in values.items() if found}
        sort = single.get("sort", DEFAULT_SORT)
        try:
            return cls(
                filter=VariantFilter.model_validate(single | _lists(values)),
                sort=sort.removeprefix("-"),
                descending=sort.startswith("-"),
                after=single.get("after"),
                before=single.get("before"),
                variant=single.get("variant"),
            )
        except ValidationError as error:
            raise InvalidFilter(_sentences(error)) from error

    def to_args(self, **changes: Any) -> list[tuple[str, str]]:
        """Return it, with some fields changed, as the names and values of a query string."""
        new = self.model_copy(update=changes)
        args = new.filter.to_args()
        if new.sort != DEFAULT_SORT or new.descending:
            args.append(("sort", f"{'-' if new.descending else ''}{new.sort}"))
        for name in ("after", "before", "variant"):
            if value := getattr(new, name):
                args.append((name, value))
        return args


_LISTS = ("gene", "contig", "consequence", "impact", "class", "clinical", "field", *SAMPLE_LISTS)

_SENTENCES = {
    "q": "Search for at most 200 characters.",
    "gene": f"Name at most {MAX_CHOICES} genes.",
    "contig": f"Choose at most {MAX_CHOICES} contigs.",
    "field": "That is no condition on a column of the reference's lists.",
    "known": "Write one id, or any, or none.",
    "sort": "The table can't be sorted by that.",
    "after": "There is no such page.",
    "before": "There is no such page.",
    "variant": "There is no such variant.",
    "impact": f"An impact is one of {', '.join(Impact)}.",
    "af_min": "Write a number from 0 to 1.",
    "af_max": "Write a number from 0 to 1.",
    "population_af_max": "Write a number from 0 to 1.",
    "annotated": "Write yes, or leave it out.",
    "starred": "Write yes, or leave it out.",
    **SAMPLE_SENTENCES,
}


def _lists(values: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: values.get(name, []) for name in _LISTS}


def _to_text(value: object) -> str:
    # All digits that distinguish the number: a link then means exactly the same set.
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _sentences(error: ValidationError) -> dict[str, str]:
    sentences = {}
    for each in error.errors(include_url=False, include_input=False):
        name = str(each["loc"][0]) if each["loc"] else "af_min"
        own = each["msg"].removeprefix("Value error, ")
        sentences[name] = own if each["type"] == "value_error" else _SENTENCES.get(name, own)
    return sentences
