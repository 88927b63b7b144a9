"""A job's summary.json, as runtime.annotator.summary writes it, for the result page.

The file may come from another release of the annotator: what this one doesn't know is left out,
and a file that can't be read is no summary rather than a fault.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, ValidationError

from runtime.common.log import get_logger
from runtime.vcf.consequences import IMPACTS, Impact

_log = get_logger(__name__)

Counts = dict[str, NonNegativeInt]


class Part(BaseModel):
    """Base of all parts of a summary."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Records(Part):
    """Lines of the file that hold variants, and those whose REF isn't what the reference has."""

    total: NonNegativeInt
    contradicting_reference: NonNegativeInt = 0


class Alleles(Part):
    """ALT alleles: a record has one or several."""

    total: NonNegativeInt
    annotated: NonNegativeInt
    not_annotated: NonNegativeInt


class Problem(Part):
    """An allele that isn't annotated; `line` counts in the upload, from 1."""

    line: int
    contig: str
    position: int
    reason: str


class Input(Part):
    """The upload; its size in bytes."""

    sha256: str
    size: NonNegativeInt
    compression: str
    vcf_version: str


class Bundle(Part):
    """The reference."""

    name: str
    version: str
    assembly: str


class Engine(Part):
    """What worked out the consequences, and by which rules."""

    name: str
    version: str
    rules: str = ""


class Index(Part):
    """Whether the result has an index, and if not, why."""

    present: bool
    reason: str | None = None


class Tags(Part):
    """Names of the INFO fields that annotation added, as far as the pages need them."""

    consequence: str = "CSQ"


class Positions(Part):
    """Alleles by contig, impact and bin (from 0) of so many bases; empty in older results."""

    bin_bases: PositiveInt = 1
    contigs: dict[str, dict[Impact, dict[NonNegativeInt, NonNegativeInt]]] = {}


class Bar(Part):
    """A bar of the chart: a consequence, its impact, and how many alleles have it."""

    term: str
    label: str
    count: int
    impact: Impact


class Summary(Part):
    """What the page shows of summary.json. Counts are of alleles, by contig of records."""

    records: Records
    alleles: Alleles
    consequence_counts: Annotated[Counts, Field(alias="consequences")]
    impacts: Counts = {}
    variant_classes: Counts = {}
    genes: Counts = {}
    contigs: Counts = {}
    fields: Counts = {}
    positions: Positions = Positions()
    tags: Tags = Tags()
    not_annotated: Counts = {}
    problems: list[Problem] = []
    service: str | None = None
    input: Input | None = None
    bundle: Bundle | None = None
    engines: list[Engine] = []
    commands: list[str] = []
    index: Index | None = None

    @property
    def bars(self) -> list[Bar]:
        """The consequences found, most severe first; equally severe ones by their number."""
        counts = {term: count for term, count in self.consequence_counts.items() if count}
        return [
            Bar(
                term=term,
                label=words(term),
                count=count,
                impact=IMPACTS.get(term, Impact.MODIFIER),
            )
            for term, count in sorted(counts.items(), key=_severity)
        ]

    @property
    def reasons(self) -> Counts:
        """How many alleles are not annotated, by the reason in words."""
        return {words(reason): count for reason, count in self.not_annotated.items()}


_IMPACT_ORDER = {impact: rank for rank, impact in enumerate(Impact)}


def _severity(item: tuple[str, int]) -> tuple[int, int, str]:
    term, count = item
    return (_IMPACT_ORDER[IMPACTS.get(term, Impact.MODIFIER)], -count, term)


def words(name: str) -> str:
    """Return a term as people read it: missense_variant is "missense variant"."""
    return name.replace("_", " ")


def read_summary(body: bytes) -> Summary | None:
    """Return the summary, or None when `body` isn't one."""
    try:
        return Summary.model_validate_json(body)
    except ValidationError as error:
        _log.warning("summary can't be read", faults=error.error_count())
        return None
