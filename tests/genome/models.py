"""The invented genes, and the bases that they make: the same in each run, by a fixed seed.

Contigs 1 and 2 have the standard genetic code, chrM has code 2, empty.1 has no gene. A gene is
given by its exons; its coding sequence is drawn codon by codon and written into the contig.
"""

import random
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, product

SEED = 20_261_128
LENGTHS = {"1": 24_000, "2": 9_000, "chrM": 5_000, "empty.1": 700}
GENETIC_CODES = {"1": 1, "2": 1, "chrM": 2, "empty.1": 1}

CODONS = tuple(map("".join, product("TCAG", repeat=3)))
STOPS = {1: ("TAA", "TAG", "TGA"), 2: ("TAA", "TAG", "AGA", "AGG")}
_COMPLEMENT = str.maketrans("ACGT", "TGCA")

Interval = tuple[int, int]
"""First and last position on the contig, from 1, both inside."""


@dataclass(frozen=True)
class Model:
    """A transcript.

    Attributes:
        exons: in the order of the contig.
        coding: first and last base of the CDS in the cDNA, from 1; None without one.
        partial: bases of a codon that is cut before the first whole one (GFF3's phase).
        start_codon: empty where the CDS is cut.
        selenocysteine: the codon of one, from 1.
    """

    name: str
    gene: str
    symbol: str
    contig: str
    strand: str
    biotype: str
    exons: tuple[Interval, ...]
    coding: Interval | None = None
    partial: int = 0
    tags: tuple[str, ...] = ()
    start_codon: str = ""
    selenocysteine: int | None = None

    @property
    def start(self) -> int:
        return self.exons[0][0]

    @property
    def end(self) -> int:
        return self.exons[-1][1]

    @property
    def genetic_code(self) -> int:
        return GENETIC_CODES[self.contig]

    @property
    def positions(self) -> list[int]:
        """The positions of the cDNA's bases on the contig, from the 5' end on."""
        found = [at for first, last in self.exons for at in range(first, last + 1)]
        return found if self.strand == "+" else found[::-1]

    @property
    def coding_positions(self) -> list[int]:
        """Those of the CDS."""
        if self.coding is None:
            return []
        return self.positions[self.coding[0] - 1 : self.coding[1]]

    @property
    def cds(self) -> tuple[Interval, ...]:
        """The CDS by exon, in the order of the contig."""
        inside = self.coding_positions
        if not inside:
            return ()
        low, high = min(inside), max(inside)
        pairs = ((max(first, low), min(last, high)) for first, last in self.exons)
        return tuple((first, last) for first, last in pairs if first <= last)


@dataclass(frozen=True)
class Plan:
    """How a gene is made: lengths of its exons and introns in the order of the contig.

    Attributes:
        before: bases that are transcribed before the CDS; None: no CDS.
        codons: how many there are before the stop codon.
        start: the first codon; empty where the CDS is cut before it.
        partial: bases of the codon that the CDS is cut in.
        stop: how the CDS ends: a stop codon, a part of one, or other bases.
    """

    symbol: str
    contig: str
    at: int
    strand: str
    exons: tuple[int, ...]
    introns: tuple[int, ...] = ()
    before: int | None = None
    codons: int = 0
    start: str = "ATG"
    partial: int = 0
    stop: str = "TAA"
    biotype: str = "protein_coding"
    tags: tuple[str, ...] = ()
    selenocysteine: int | None = None

    @property
    def intervals(self) -> tuple[Interval, ...]:
        steps = [size for pair in zip(self.exons, (*self.introns, 0), strict=True) for size in pair]
        starts = [self.at, *(self.at + total for total in accumulate(steps))]
        return tuple((starts[2 * n], starts[2 * n] + size - 1) for n, size in enumerate(self.exons))


PLANS = (
    Plan("ALPHA", "1", 501, "+", (400,), (), 61, 60, tags=("basic", "Ensembl_canonical")),
    Plan("BETA", "1", 1501, "-", (220, 91, 301), (150, 88), 47, 120, stop="TAG"),
    # The first and the last codon are split by introns.
    Plan("GAMMA", "1", 3001, "+", (51, 101, 150, 92), (90, 200, 77), 50, 80, stop="TGA"),
    Plan("NOSTART", "1", 4501, "+", (130, 120), (95,), 0, 60, start="", partial=1),
    Plan("NOSTART2", "1", 5501, "-", (100, 140), (95,), 0, 55, start="", partial=2),
    Plan("NOEND", "1", 6501, "-", (160, 150), (101,), 40, 89, stop="G", tags=("cds_end_NF",)),
    Plan("NOEND2", "1", 7501, "+", (120, 112), (101,), 20, 69, stop="TC", tags=("cds_end_NF",)),
    Plan("CUG", "1", 8501, "+", (300,), (), 40, 70, start="CTG"),
    Plan("SELENO", "1", 9501, "+", (200, 180), (99,), 35, 90, selenocysteine=41),
    # Introns of 1, 2 and 3 bases, as Ensembl mends a frame that the assembly breaks.
    Plan("TINY", "1", 10501, "+", (90, 82, 80, 75), (1, 2, 3), 30, 90),
    Plan(
        "LONG",
        "1",
        11501,
        "+",
        (300, 300, 300),
        (1200, 900),
        120,
        200,
        tags=("basic", "Ensembl_canonical"),
    ),
    # In the first intron of LONG, on the other strand.
    Plan("INSIDE", "1", 12001, "-", (120, 130), (100,), 30, 60),
    Plan("LINC", "1", 15001, "-", (150, 90), (300,), biotype="lncRNA"),
    Plan("MICRO", "1", 16001, "+", (85,), biotype="miRNA"),
    Plan("PSEUDO", "1", 16501, "+", (200, 110), (120,), biotype="unprocessed_pseudogene"),
    # Up to the last base of the contig, without a UTR there.
    Plan("LAST", "1", 23_694, "+", (307,), (), 4, 100, stop="TAG"),
    Plan("FIRST", "2", 1, "-", (310,), (), 7, 100),
    Plan("DELTA", "2", 1501, "+", (140, 160), (210,), 33, 70, tags=("MANE_Select",)),
    Plan("ND1", "chrM", 101, "+", (303,), (), 0, 100, stop="AGA"),
    Plan("ND2", "chrM", 501, "+", (301,), (), 0, 100, start="ATT", stop="T"),
    Plan("ND6", "chrM", 1001, "-", (302,), (), 0, 100, start="ATA", stop="TA"),
    Plan("CYB", "chrM", 1501, "-", (303,), (), 0, 100, stop="TAG"),
    Plan("TRNF", "chrM", 2001, "+", (70,), biotype="Mt_tRNA"),
    Plan("RNR1", "chrM", 2201, "+", (400,), biotype="Mt_rRNA"),
    # Exons that touch, as RefSeq has them where the transcript has bases that the genome lacks.
    Plan("TOUCH", "1", 18_001, "+", (120, 100, 90), (0, 150), 30, 80),
)


@dataclass(frozen=True)
class Genome:
    """Contigs by name, and the models on them."""

    contigs: dict[str, str]
    models: tuple[Model, ...]

    def base(self, contig: str, position: int) -> str:
        return self.contigs[contig][position - 1]


@cache
def genome() -> Genome:
    """The genome."""
    draw = random.Random(SEED)
    bases = {name: draw.choices("ACGT", k=length) for name, length in LENGTHS.items()}
    models = [_write(plan, number, bases, draw) for number, plan in enumerate(PLANS, start=1)]
    return Genome(
        {name: "".join(letters) for name, letters in bases.items()},
        (*models, *_others(models, bases)),
    )


def reverse_complement(bases: str) -> str:
    return bases.translate(_COMPLEMENT)[::-1]


def _write(plan: Plan, number: int, bases: dict[str, list[str]], draw: random.Random) -> Model:
    """The plan's transcript; its coding sequence goes into the contig."""
    coding = _coding_sequence(plan, draw)
    before = plan.before or 0
    model = Model(
        name=f"ENST{number:011d}",
        gene=f"ENSG{number:011d}",
        symbol=plan.symbol,
        contig=plan.contig,
        strand=plan.strand,
        biotype=plan.biotype,
        exons=plan.intervals,
        coding=(before + 1, before + len(coding)) if coding else None,
        partial=plan.partial,
        tags=(*plan.tags, "cds_start_NF") if plan.partial else plan.tags,
        start_codon=plan.start if coding else "",
        selenocysteine=plan.selenocysteine,
    )
    for position, base in zip(model.coding_positions, coding, strict=True):
        bases[plan.contig][position - 1] = base if plan.strand == "+" else reverse_complement(base)
    return model


def _coding_sequence(plan: Plan, draw: random.Random) -> str:
    if plan.before is None:
        return ""
    sense = [codon for codon in CODONS if codon not in STOPS[GENETIC_CODES[plan.contig]]]
    codons = draw.choices(sense, k=plan.codons)
    if plan.start:
        codons[0] = plan.start
    if plan.selenocysteine:
        codons[plan.selenocysteine - 1] = "TGA"
    return "".join([*draw.choices("ACG", k=plan.partial), *codons, plan.stop])


def _others(models: list[Model], bases: dict[str, list[str]]) -> list[Model]:
    """Further transcripts of LONG: one for nonsense-mediated decay, one that isn't coding."""
    long = next(model for model in models if model.symbol == "LONG")
    assert long.coding
    decayed = replace(
        long,
        name="ENST00000000101",
        biotype="nonsense_mediated_decay",
        # Without the second exon, another frame is read until a stop codon comes.
        exons=(long.exons[0], long.exons[2]),
        tags=(),
    )
    spliced = "".join(bases["1"][at - 1] for at in decayed.positions)
    first = long.coding[0]
    ends = range(first + 2, len(spliced), 3)
    stop = next(at for at in ends if spliced[at - 3 : at] in STOPS[1])
    retained = replace(
        long,
        name="ENST00000000102",
        biotype="retained_intron",
        exons=(long.exons[1], (long.exons[1][1] + 301, long.exons[2][1] - 20)),
        coding=None,
        tags=(),
    )
    return [replace(decayed, coding=(first, stop)), retained]
