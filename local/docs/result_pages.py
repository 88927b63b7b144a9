"""The pages on a result's files and on the explorer's filters, made of the code that has them."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import get_args

from runtime.annotator.alleles import EXPLANATIONS
from runtime.annotator.csq_field import fields
from runtime.common.keys import ResultNames
from runtime.common.output_fields import SUMMARY_KEYS, field_meanings, output_fields
from runtime.web.services.variants.filter_meanings import filter_meanings
from runtime.web.services.variants.filters import LAST_PAGE, Sort, VariantFilter

RESULT_HEAD = """\
# Files of a result

Annotating `x.vcf` gives these files. A result of a file without samples has no table of genotypes,
and one whose records aren't in order has no index.

| file | what it is |
|---|---|
| `{vcf}` | your VCF, every record unchanged, with the annotation in INFO |
| `{index}` | its index, for `tabix`, `bcftools` and genome browsers |
| `{parquet}` | a row for each ALT allele and effect |
| `{genotypes}` | a row for each ALT allele and sample |
| `{summary}` | counts, and how the result was made |
| `{log}` | what was annotated and what was not, in words |

The exported TSV has the columns of `{parquet}`. Its cells that a spreadsheet would run as a formula
begin with an apostrophe, unless the address has `raw=1`.

## INFO of the VCF

`CSQ` has an entry for each effect, in the form of Ensembl VEP: {csq}. `SIFT` and `PolyPhen` are
there only with references that have them. `NOT_ANNOTATED` has for each ALT allele the reason why it
isn't annotated, or a dot. A list of the reference, such as ClinVar, adds fields of its own, with a
value for each ALT allele. If your file uses one of these names already, ours gets a number, such as
`CSQ_2`.
"""

FILTER_HEAD = """\
# Filters and addresses

A filter of the explorer is part of its address. So a filtered table can be bookmarked, and an
export has the same filter. A condition that is left out is no condition. Conditions on different
names must all be met, by one effect of the variant. Values of one name are alternatives.

    /jobs/<job>/variants?impact=HIGH&impact=MODERATE&sort=-impact

Programs use the same names in the API, and with `gas-client variants --filter`.

| name | may be repeated | values | meaning |
|---|---|---|---|
"""


FILTER_TAIL = """
`sort` is one of {sorts}; a `-` in front of it reverses the order. A page is found from a variant
on: `after` is the variant before the page, and `before` the one behind it, or `{last}` for the last
page. `variant` opens the panel of one. A variant is written RECORD-ALLELE, as the columns `record`
and `allele` have them.
"""


def result_page() -> str:
    """Return the page of a result's files as Markdown."""
    names = ResultNames.of("x.vcf")
    csq = ", ".join(f"`{name}`" for name in fields(predictions=True))
    parts = [RESULT_HEAD.format(csq=csq, **vars(names))]
    reasons = {reason.value: text for reason, text in EXPLANATIONS.items()}
    parts += _table("Why an allele isn't annotated", "reason", reasons)
    listed = output_fields()
    variants = field_meanings((*listed.allele, *listed.effect))
    parts += _table("Columns of variants.parquet", "column", variants)
    parts += _table("Columns of genotypes.parquet", "column", field_meanings(listed.genotype))
    parts += _table("summary.json", "key", SUMMARY_KEYS)
    return "\n".join(parts)


def _table(title: str, first: str, rows: Mapping[str, str]) -> Iterator[str]:
    yield f"\n## {title}\n\n| {first} | meaning |\n|---|---|"
    yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in rows.items())


def filter_page() -> str:
    """Return the page of the explorer's filters as Markdown."""
    rows = []
    fields = VariantFilter.model_fields.values()
    for each, field in zip(filter_meanings(VariantFilter), fields, strict=True):
        several = "yes" if each.several else ""
        values = _values(field.annotation)
        rows.append(f"| `{each.name}` | {several} | {values} | {_cell(each.meaning)} |")
    sorts = ", ".join(f"`{sort}`" for sort in get_args(Sort))
    return FILTER_HEAD + "\n".join(rows) + "\n" + FILTER_TAIL.format(sorts=sorts, last=LAST_PAGE)


def _values(annotation: object) -> str:
    """The values of an enumeration, wherever it is in a type."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    if isinstance(annotation, str):
        return f"`{annotation}`"
    return ", ".join(filter(None, (_values(each) for each in get_args(annotation))))


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
