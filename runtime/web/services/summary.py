"""A job's summary.json, as runtime.annotator.summary writes it, for the pages.

Another release of the annotator may have written the file: unknown fields are ignored, and a file
that can't be parsed counts as no summary.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, ValidationError

from runtime.common.log import get_logger
from runtime.vcf.consequences import IMPACTS, Impact
from runtime.web.services.track_facts import Track, Tracks, unattributed

_log = get_logger(__name__)

Counts = dict[str, NonNegativeInt]


class SummaryModel(BaseModel):
    """Base of all parts of a summary."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Records(SummaryModel):
    """Records of the file; those of a gVCF without a variant; those whose REF differs from the
    reference."""

    total: NonNegativeInt
    reference_blocks: NonNegativeInt = 0
    contradicting_reference: NonNegativeInt = 0


class Alleles(SummaryModel):
    """ALT alleles: a record has one or more."""

    total: NonNegativeInt
    annotated: NonNegativeInt
    not_annotated: NonNegativeInt


class Problem(SummaryModel):
    """An allele that isn't annotated; `line` counts in the upload, from 1."""

    line: int
    contig: str
    position: int
    reason: str


class Input(SummaryModel):
    """The upload; its size in bytes. `assembly` is what it was made against, and what tells it."""

    sha256: str
    size: NonNegativeInt
    compression: str
    vcf_version: str
    assembly: str | None = None
    assembly_notes: list[str] = []


class Bundle(SummaryModel):
    """The reference."""

    name: str
    version: str
    assembly: str
    tracks: list[Track] = []


class Engine(SummaryModel):
    """What determined the effects, and by which rules, on contigs of which genetic codes.

    `predictions` says of which release SIFT and PolyPhen are, where it has them.
    """

    name: str
    version: str
    rules: str
    genetic_codes: list[int]
    predictions: str | None = None


class Index(SummaryModel):
    """Whether the result has an index, and if not, why not."""

    present: bool
    reason: str | None = None


class Samples(SummaryModel):
    """Samples of the file: how many, why there is no table of genotypes, and for each sample of
    one that has it, its alleles by zygosity; of those that it has, the transitions, transversions,
    and how many have which fraction of the reads, in equal parts of 0 to 1."""

    total: NonNegativeInt = 0
    no_genotypes: str | None = None
    zygosity: dict[str, Counts] = {}
    transitions: Counts = {}
    transversions: Counts = {}
    fractions: dict[str, list[NonNegativeInt]] = {}


class PathogenicVariant(SummaryModel):
    """A variant that a track rates so: the numbers of its record and allele, both from 1, and the
    gene and protein change of its picked transcript."""

    record: PositiveInt
    allele: PositiveInt
    contig: str
    position: PositiveInt
    genomic: Annotated[str | None, Field(alias="HGVSg")] = None
    gene: str | None = None
    protein: Annotated[str | None, Field(alias="HGVSp")] = None
    significance: dict[str, str]


class Pathogenic(SummaryModel):
    """Alleles that a track rates as pathogenic or likely pathogenic.

    Attributes:
        values: by column, the alleles with each value that says so.
        positions: by contig and bin, see `Positions`.
        variants: the first ones of the file.
    """

    alleles: NonNegativeInt
    values: dict[str, Counts] = {}
    positions: dict[str, dict[NonNegativeInt, NonNegativeInt]] = {}
    variants: list[PathogenicVariant] = []


class Tags(SummaryModel):
    """Names of the INFO fields that the annotation added, as far as the pages need them."""

    consequence: str = "CSQ"


class Positions(SummaryModel):
    """Alleles of a contig by impact and bin of `bin_bases`, from 0."""

    bin_bases: PositiveInt
    impacts: dict[Impact, dict[NonNegativeInt, NonNegativeInt]]


class ConsequenceBar(SummaryModel):
    """A bar of the chart: a consequence, its impact, and how many alleles have it."""

    term: str
    label: str
    count: int
    impact: Impact


class Summary(SummaryModel):
    """What the pages show of summary.json. Counts are of alleles, those by contig of records.

    Before format 3 there were no `base_changes` and no lengths of indels, which are None then.
    `pathogenic` is also None where no track of the reference rates alleles.
    """

    records: Records
    alleles: Alleles
    consequence_counts: Annotated[Counts, Field(alias="consequences")]
    impacts: Counts = {}
    variant_classes: Counts = {}
    genes: Counts = {}
    flags: Counts = {}
    contigs: Counts = {}
    fields: Counts = {}
    field_values: dict[str, Counts] = {}
    positions: dict[str, Positions] = {}
    base_changes: Counts | None = None
    indel_lengths: dict[int, NonNegativeInt] | None = None
    coding_indel_lengths: dict[int, NonNegativeInt] = {}
    pathogenic: Pathogenic | None = None
    tags: Tags = Tags()
    not_annotated: Counts = {}
    problems: list[Problem] = []
    service: str | None = None
    input: Input | None = None
    bundle: Bundle | None = None
    engines: list[Engine] = []
    commands: list[str] = []
    index: Index | None = None
    samples: Samples = Samples()

    @property
    def known(self) -> Tracks:
        """The tracks that the result was made with.

        Results of earlier releases don't say which field is whose: one track then has all of them.
        """
        tracks = self.bundle.tracks if self.bundle else []
        if any(track.fields for track in tracks) or not self.fields:
            return Tracks(tracks=tracks)
        return Tracks(tracks=[unattributed(tracks, self.fields)])

    @property
    def bars(self) -> list[ConsequenceBar]:
        """The consequences found, most severe first, then by their number."""
        counts = {term: count for term, count in self.consequence_counts.items() if count}
        return [
            ConsequenceBar(
                term=term,
                label=words(term),
                count=count,
                impact=IMPACTS.get(term, Impact.MODIFIER),
            )
            for term, count in sorted(counts.items(), key=_severity)
        ]

    @property
    def reasons(self) -> Counts:
        """How many alleles aren't annotated, by the reason in words."""
        return {words(reason): count for reason, count in self.not_annotated.items()}


_IMPACT_ORDER = {impact: rank for rank, impact in enumerate(Impact)}


def _severity(item: tuple[str, int]) -> tuple[int, int, str]:
    term, count = item
    return (_IMPACT_ORDER[IMPACTS.get(term, Impact.MODIFIER)], -count, term)


def words(name: str) -> str:
    """Return a term as people read it: missense_variant is "missense variant"."""
    return name.replace("_", " ")


def parse_summary(body: bytes) -> Summary | None:
    """Return the parsed summary, or None when `body` isn't one."""
    try:
        return Summary.model_validate_json(body)
    except ValidationError as error:
        _log.warning("summary can't be parsed", errors=error.error_count())
        return None
