"""A job's result: its files, its variants, and exports of them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints

from runtime.vcf.consequences import Impact
from runtime.web.api.models.base import MAX_LIMIT, Answer, JobPath, Query, Time
from runtime.web.services.exports.export_request import ExportForm
from runtime.web.services.remarks import Remark, Remarks
from runtime.web.services.result_files import FileKind, StoredFile
from runtime.web.services.saved_filters import MAX_NAME_LENGTH
from runtime.web.services.variants.explorer import VariantList
from runtime.web.services.variants.filters import VariantKeyText
from runtime.web.services.variants.variant import Effect, Variant

Text = Annotated[str, StringConstraints(max_length=1000)]
FilterName = Annotated[str, StringConstraints(max_length=MAX_NAME_LENGTH)]
Texts = Annotated[list[Text], Field(max_length=200)]


class ResultFileAnswer(Answer):
    """A file of a result."""

    kind: FileKind
    name: str = Field(description="The name to save it under.")
    size: int = Field(description="In bytes.")
    media_type: str
    sha256: str | None = Field(description="In hexadecimal; null of older results.")
    url: str = Field(description="Presigned: it needs no token.")
    expires_at: Time = Field(description="Until then the download may start.")

    @classmethod
    def of(cls, file: StoredFile, *, url: str, expires_at: int) -> Self:
        """Return what is answered of a file."""
        known = {name: getattr(file, name) for name in ("kind", "name", "size", "sha256")}
        values = {**known, "media_type": file.media_type, "url": url, "expires_at": expires_at}
        return cls.model_validate(values)


class ResultFileList(Answer):
    """The files that can be downloaded now."""

    items: list[ResultFileAnswer]


class FilterArgs(Query):
    """The filter of the variants' page. Conditions of one name are alternatives."""

    gene: Texts = Field(default=[], description="Symbols or identifiers; BRCA* for all that begin.")
    contig: Texts = Field(default=[])
    consequence: Texts = Field(default=[], description="Terms of the Sequence Ontology.")
    impact: Texts = Field(default=[], description=f"One of {', '.join(Impact)}.")
    class_: Texts = Field(default=[], alias="class", description="Such as SNV.")
    known: Text = Field(default="", description="`any`, `none`, or an id.")
    clinical: Texts = Field(default=[], description="A significance, or `any`.")
    field: Texts = Field(default=[], description="COLUMN:VALUE of a list of the reference.")
    af_min: Text = Field(default="", description="Allele frequency in the file, 0 to 1.")
    af_max: Text = ""
    population_af_max: Text = Field(default="", description="In every population, at most.")
    annotated: Text = Field(default="", description="`yes` leaves out what wasn't annotated.")
    starred: Text = Field(default="", description="`yes` leaves only variants with a star.")
    region: Text = Field(default="", description="Such as MT:3000-4000.")
    q: Text = Field(default="", description="A text, a change of bases, a position or a region.")
    sample: Text = Field(default="", description="The sample that the next conditions are about.")
    zygosity: Texts = Field(default=[])
    dp_min: Text = Field(default="", description="Reads, at least.")
    gq_min: Text = Field(default="", description="Genotype quality, at least.")
    fraction_min: Text = Field(default="", description="Allele fraction, 0 to 1.")
    fraction_max: Text = ""
    affected: Text = ""
    mother: Text = ""
    father: Text = ""
    affected_parent: Texts = Field(default=[])
    inheritance: Text = Field(default="", description="Of the affected person, as on the page.")

    @property
    def args(self) -> dict[str, list[str]]:
        """As the explorer reads them from its page's address."""
        values = self.model_dump(by_alias=True, include=set(FilterArgs.model_fields))
        return {
            name: value if isinstance(value, list) else [value] for name, value in values.items()
        }


class SavedFilterArgs(FilterArgs):
    """A filter, and the name of one that the person has saved on the pages."""

    saved: FilterName | None = Field(
        default=None,
        description="A saved filter of yours, by name. All conditions must hold, its own and those "
        "sent too; both can't have the same condition.",
    )


class VariantArgs(SavedFilterArgs):
    """A filter, an order and a part of what meets it."""

    sort: Text = Field(default="", description="As on the page; -NAME for the other direction.")
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT, description="Variants in one answer.")
    cursor: VariantKeyText | None = Field(
        default=None, description="`next_cursor` of the answer before."
    )

    @property
    def args(self) -> dict[str, list[str]]:
        """As the explorer reads them."""
        return {**super().args, "sort": [self.sort]}


class EffectAnswer(Answer):
    """What a variant does to one transcript, in Ensembl VEP's terms."""

    consequence: list[str]
    impact: Impact | None
    symbol: str | None
    gene: str | None
    transcript: str | None
    biotype: str | None
    exon: str | None
    intron: str | None
    hgvsc: str | None
    hgvsp: str | None
    codons: str | None
    amino_acids: str | None
    sift: str | None
    polyphen: str | None
    canonical: bool
    mane_select: str | None
    picked: bool = Field(description="Whether it stands for the variant.")
    matches: bool = Field(description="Whether it meets the filter.")

    @classmethod
    def of(cls, effect: Effect) -> Self:
        """Return what is answered of an effect."""
        same = {name: getattr(effect, name, None) for name in cls.model_fields}
        names = {"hgvsc": effect.coding, "hgvsp": effect.protein}
        return cls.model_validate({**same, **names, "consequence": list(effect.terms)})


class CommentAnswer(Answer):
    """A comment on a variant."""

    by: str = Field(description="The person's name, as it was then.")
    at: Time
    text: str

    @classmethod
    def of(cls, comment: Remark) -> Self:
        """Return what is answered of a comment."""
        values = {"by": comment.name, "at": comment.at, "text": comment.text}
        return cls.model_validate(values)


class VariantAnswer(Answer):
    """An ALT allele of a record, with all of its effects."""

    key: str = Field(description="The numbers of its record and of its allele, from 1.")
    contig: str
    position: int
    ref: str
    alt: str | None
    variant_class: str | None
    hgvsg: str | None
    id: str | None = Field(description="As the file has it.")
    known_ids: list[str]
    quality: float | None
    filter: str | None
    allele_frequency: float | None = Field(description="In the file.")
    not_annotated: str | None = Field(description="Why it wasn't annotated.")
    fields: dict[str, str | int | float | bool] = Field(
        description="What the reference's lists say, by column."
    )
    starred_by: list[str] = Field(description="Names of the people who have starred it.")
    comments: list[CommentAnswer] = Field(description="The oldest first.")
    effects: list[EffectAnswer]

    @classmethod
    def of(cls, variant: Variant, remarks: Remarks) -> Self:
        """Return what is answered of a variant, with the remarks on it."""
        same = {name: getattr(variant, name, None) for name in cls.model_fields}
        return cls.model_validate(
            {
                **same,
                "key": str(variant.key),
                "hgvsg": variant.genomic,
                "allele_frequency": variant.frequency,
                "starred_by": [star.name for star in remarks.stars_of(variant.key)],
                "comments": [CommentAnswer.of(each) for each in remarks.comments_of(variant.key)],
                "effects": [EffectAnswer.of(each) for each in variant.effects],
            }
        )


class VariantListAnswer(Answer):
    """A part of the variants that meet a filter."""

    items: list[VariantAnswer]
    next_cursor: str | None = Field(description="Leads to the next ones; null at the end.")
    total: int = Field(description="Variants that meet the filter.")

    @classmethod
    def of(cls, found: VariantList, remarks: Remarks) -> Self:
        """Return what is answered of a part of a list, with the remarks on the result."""
        return cls(
            items=[VariantAnswer.of(each, remarks) for each in found.variants],
            next_cursor=str(found.next) if found.next else None,
            total=found.total,
        )


class ExportPath(JobPath):
    """A job, and what to make of its variants."""

    form: Literal["vcf", "variants.tsv", "effects.tsv", "parquet"]

    @property
    def export_form(self) -> ExportForm:
        """The form of the file."""
        return ExportForm(self.form.replace(".", "_"))


class ExportArgs(SavedFilterArgs):
    """What to export."""

    raw: bool = Field(
        default=False,
        description="Leave cells of a TSV as they are, even if a spreadsheet would run them.",
    )


class ReadyExport(Answer):
    """An export that is there."""

    url: str = Field(description="Presigned: it needs no token.")


class ExportUnderway(Answer):
    """An export that is being made, or waits for its turn; ask again."""

    making: bool
    percent: int | None
