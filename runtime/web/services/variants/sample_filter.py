"""Conditions on the genotypes of a file's samples, as the URL's query string has them."""

import math
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from runtime.vcf.zygosity import Zygosity

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Share = Annotated[
    float,
    BeforeValidator(lambda value: value.replace(",", ".") if isinstance(value, str) else value),
    Field(ge=0, le=1, allow_inf_nan=False),
]
Parent = Literal["mother", "father"]


class Inheritance(StrEnum):
    """How an affected person may have got a variant. `sample_sql` says what each means."""

    DE_NOVO = "de-novo"
    RECESSIVE = "recessive"
    COMPOUND = "compound-heterozygous"
    DOMINANT = "dominant"
    X_LINKED = "x-linked"
    MATERNAL = "maternal"


NEEDED: dict[Inheritance, tuple[Parent, ...]] = {
    Inheritance.DE_NOVO: ("mother", "father"),
    Inheritance.COMPOUND: ("mother", "father"),
    Inheritance.X_LINKED: ("mother",),
    Inheritance.MATERNAL: ("mother",),
}
"""Parents that must be named, beside the affected person."""

PEOPLE = ("affected", "mother", "father")


class SampleFilter(BaseModel):
    """Conditions on genotypes; an empty field is no condition.

    Attributes:
        sample: the sample whose genotype meets the conditions below; none: any sample.
        zygosity: of the allele in it; none: it has the allele.
        depth_min: reads (DP) at least.
        genotype_quality_min: GQ at least.
        fraction_min, fraction_max: bounds of the allele fraction, both included.
        affected, mother, father: samples; alone they are no condition.
        affected_parent: parents who are affected too.
        inheritance: how the affected person may have got the variant.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    sample: Word | None = None
    zygosity: tuple[Zygosity, ...] = ()
    depth_min: Annotated[int | None, Field(alias="dp_min", ge=0, le=10**9)] = None
    genotype_quality_min: Annotated[float | None, Field(alias="gq_min", ge=0, le=10**6)] = None
    fraction_min: Share | None = None
    fraction_max: Share | None = None
    affected: Word | None = None
    mother: Word | None = None
    father: Word | None = None
    affected_parent: tuple[Parent, ...] = ()
    inheritance: Inheritance | None = None

    @field_validator("fraction_max")
    @classmethod
    def _check_fractions(cls, highest: float | None, info: ValidationInfo) -> float | None:
        lowest = info.data.get("fraction_min")
        if lowest is not None and highest is not None and lowest > highest:
            raise ValueError("The lowest allele fraction is above the highest.")
        return highest

    @field_validator("inheritance")
    @classmethod
    def _check_people(
        cls, inheritance: Inheritance | None, info: ValidationInfo
    ) -> Inheritance | None:
        if inheritance is None:
            return None
        needed = ("affected", *NEEDED.get(inheritance, ()))
        missing = [name for name in needed if not info.data.get(name)]
        if missing:
            who = " and the ".join(
                f"{name} person" if name == PEOPLE[0] else name for name in missing
            )
            raise ValueError(f"Name the {who}, for {words(inheritance)} variants.")
        named = [info.data[name] for name in PEOPLE if info.data.get(name)]
        if len(set(named)) < len(named):
            raise ValueError("Name a different sample for each person.")
        return inheritance

    @property
    def asks_for_genotypes(self) -> bool:
        """Whether it has a condition on genotypes."""
        return self.inheritance is not None or self.asks_for_sample

    @property
    def asks_for_sample(self) -> bool:
        """Whether it has one beside the inheritance."""
        numbers = (self.depth_min, self.genotype_quality_min, self.fraction_min, self.fraction_max)
        return bool(self.sample or self.zygosity or any(each is not None for each in numbers))

    @property
    def people(self) -> dict[str, str]:
        """The samples that it names, by what they are in it."""
        named = {name: getattr(self, name) for name in ("sample", *PEOPLE)}
        return {name: sample for name, sample in named.items() if sample}

    def is_affected(self, parent: Parent) -> bool:
        """Whether a parent is affected too."""
        return parent in self.affected_parent


def fraction_bounds(at: int, count: int) -> tuple[float, float]:
    """Return the bounds, both included, of one of `count` equal parts of 0 to 1.

    The upper end belongs to the next part, but in the last one.
    """
    highest = 1.0 if at + 1 == count else math.nextafter((at + 1) / count, 0)
    return at / count, highest


def words(inheritance: Inheritance) -> str:
    """Return a mode of inheritance as it is said in a sentence."""
    return {Inheritance.DE_NOVO: "de novo", Inheritance.X_LINKED: "X-linked"}.get(
        inheritance, inheritance.value.replace("-", " ")
    )


SAMPLE_LISTS = ("zygosity", "affected_parent")

SAMPLE_SENTENCES = {
    "sample": "Name one sample.",
    "zygosity": f"A zygosity is one of {', '.join(Zygosity)}.",
    "dp_min": "Write a whole number of reads.",
    "gq_min": "Write a number.",
    "fraction_min": "Write a number from 0 to 1.",
    "fraction_max": "Write a number from 0 to 1.",
    "affected_parent": "Write mother or father.",
    "inheritance": f"Inheritance is one of {', '.join(Inheritance)}.",
}
