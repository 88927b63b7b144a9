"""A transcript with its bases: where a change lies in it, and what it does to its codons."""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Self

from runtime.annotator.transcripts import Interval, Transcript
from runtime.vcf.fasta import Fasta
from runtime.vcf.genetic_codes import start_codons, translation
from runtime.vcf.genomic import describe

CODON = 3
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


class Change(NamedTuple):
    """An allele as VEP sees it: of an indel it cuts off one shared first base.

    `first` and `last` are the changed bases; of an insertion `last` is the one before `first`.
    """

    first: int
    last: int
    ref: str
    alt: str

    @classmethod
    def of(cls, position: int, ref: str, alt: str) -> Self:
        """Make it from an allele as a record writes it."""
        if len(ref) != len(alt) and ref[0] == alt[0]:
            position, ref, alt = position + 1, ref[1:], alt[1:]
        return cls(position, position + len(ref) - 1, ref, alt)


class Coding(NamedTuple):
    """Codons and residues before and after, as VEP writes them: aTc/aCc and I/T."""

    codons: str
    amino_acids: str | None


class Model:
    """A transcript, its bases and its genetic code."""

    def __init__(self, transcript: Transcript, fasta: Fasta, code: int) -> None:
        self.transcript = transcript
        self._fasta = fasta
        self._code = code

    @cached_property
    def bases(self) -> str:
        """Those of the exons, in the order of the transcript."""
        pieces = [
            self._fasta.bases(self.transcript.contig, first, last - first + 1).decode()
            for first, last in self.transcript.exons
        ]
        return self._oriented("".join(pieces))

    @cached_property
    def cds(self) -> str:
        """The bases of the CDS; without those that polyadenylation adds to its last codon."""
        first, last = self.transcript.cds_numbers
        return self.bases[first - 1 : last]

    def segments(self) -> Iterator[tuple[int, int, int | None, int | None, int | None]]:
        """Yield exons and introns in the order of the transcript.

        First and last position, number as an exon and as an intron, number of the first base.
        """
        ordered = (
            self.transcript.exons if self.transcript.strand > 0 else self.transcript.exons[::-1]
        )
        bases = 1
        for number, (first, last) in enumerate(ordered, 1):
            if number > 1:
                before = ordered[number - 2]
                ends = sorted((before, (first, last)))
                yield ends[0][1] + 1, ends[1][0] - 1, None, number - 1, None
            yield first, last, number, None, bases
            bases += last - first + 1

    def _oriented(self, bases: str) -> str:
        return bases if self.transcript.strand > 0 else bases.translate(_COMPLEMENT)[::-1]

    # Places

    def _ends(self, change: Change) -> tuple[int, int]:
        """The change's first and last base in the order of the transcript; of an insertion, the
        bases around it."""
        ends = sorted((change.first, change.last))
        return (ends[0], ends[1]) if self.transcript.strand > 0 else (ends[1], ends[0])

    def exon(self, change: Change) -> str | None:
        """Number of the exon, or of several, of how many: 2/5, 2-3/5."""
        return self._numbers(self.transcript.exons, change)

    def intron(self, change: Change) -> str | None:
        """The same of introns."""
        pairs = pairwise(self.transcript.exons)
        return self._numbers(tuple((a[1] + 1, b[0] - 1) for a, b in pairs), change)

    def _numbers(self, intervals: tuple[Interval, ...], change: Change) -> str | None:
        count = len(intervals)
        at = [
            number
            for number, (first, last) in enumerate(intervals, 1)
            if first <= change.last and change.first <= last
        ]
        if not at:
            return None
        if self.transcript.strand < 0:
            at = [count + 1 - number for number in reversed(at)]
        span = str(at[0]) if len(at) == 1 else f"{at[0]}-{at[-1]}"
        return f"{span}/{count}"

    def ablated(self, change: Change) -> bool:
        """Whether the transcript is deleted as a whole."""
        return (
            change.first <= self.transcript.start
            and change.last >= self.transcript.end
            and not change.alt
        )

    def place(self, change: Change) -> str:
        """The term for a change of a coding transcript by its place alone."""
        if self.exon(change) is None:
            return "intron_variant"
        first, last = self.transcript.cds_numbers
        changed = [
            number
            for at in range(max(change.first, self.transcript.start), change.last + 1)
            if (number := self.transcript.number(at))
        ] or [number for at in self._ends(change) if (number := self.transcript.number(at))]
        if max(changed) < first:
            return "5_prime_UTR_variant"
        if min(changed) > last:
            return "3_prime_UTR_variant"
        if min(changed) < first + CODON:
            return "start_lost"
        return "stop_lost" if max(changed) > last - CODON else "coding_sequence_variant"

    def cdna_position(self, change: Change) -> str | None:
        """Number of the changed bases in the transcript: 404, 10-12, ?-5."""
        first, last = self._ends(change)
        return _span(self.transcript.number(first), self.transcript.number(last))

    def cds_position(self, change: Change) -> str | None:
        """The same in the CDS."""
        first, last = self._ends(change)
        return _span(self._in_cds(first), self._in_cds(last))

    def protein_position(self, change: Change) -> str | None:
        """The same in the protein."""
        ends = [self._in_cds(each) for each in self._ends(change)]
        first, last = (None if each is None else (each + 2) // CODON for each in ends)
        return _span(first, last)

    def _in_cds(self, position: int) -> int | None:
        number = self.transcript.number(position)
        if number is None or not self.transcript.cds:
            return None
        first, last = self.transcript.cds_numbers
        return number - first + 1 if first <= number <= last else None

    # Codons

    def residue(self, number: int) -> str | None:
        """Return a residue's letter, `*` for a stop; None outside the protein, or unknown.

        Whatever the first codon codes for elsewhere, translation starts with methionine.
        """
        if number == 1 and self.cds:
            return "M"
        codon = self.cds[CODON * (number - 1) : CODON * number]
        return translation(self._code).get(codon)

    def coding(self, change: Change) -> Coding | None:
        """The codons of a change that lies wholly in the CDS."""
        first, last = (self._in_cds(each) for each in self._ends(change))
        if first is None or last is None:
            return None
        ref, alt = self._oriented(change.ref), self._oriented(change.alt)
        start = first - 1 if ref else first
        end = start + len(ref)
        if self.cds[start:end] != ref:
            # The exons of the change aren't in one piece.
            return None
        left = start // CODON * CODON
        right = end if start == end == left else -(-max(end, start + 1) // CODON) * CODON
        before, behind = self.cds[left:start].lower(), self.cds[end:right].lower()
        codons = before + ref + behind, before + alt + behind
        residues = self._residues(*codons, at=left, frame=len(alt) - len(ref))
        return Coding("/".join(each or "-" for each in codons), residues)

    def _residues(self, ref: str, alt: str, *, at: int, frame: int) -> str | None:
        table = translation(self._code)
        if not table:
            return None
        whole = at + len(ref) < len(self.cds) or len(self.cds) % CODON == 0
        before, after = (
            _translated(each.upper(), table, whole=whole or frame != 0) for each in (ref, alt)
        )
        if at == 0:
            before = f"M{before[1:]}"
            if alt[:CODON].upper() in start_codons(self._code):
                after = f"M{after[1:]}"
        return before if before == after else f"{before or '-'}/{after or '-'}"

    # Names

    def hgvs(self, change: Change) -> str | None:
        """Name the change: c. where there is a CDS, n. where not; None outside the transcript."""
        transcript = self.transcript
        first, last = map(self._along, self._ends(change))
        if first < 1 or last > self._length:
            return None
        ref, alt = self._oriented(change.ref), self._oriented(change.alt)
        start = first if ref else first + 1
        text = describe(start, ref, alt, self._span_bases, self._named)
        return f"{transcript.numbering}.{text}" if text else None

    @property
    def _length(self) -> int:
        """Of exons and introns."""
        return self.transcript.end - self.transcript.start + 1

    def _along(self, position: int) -> int:
        """Number of a position from the transcript's first base on, introns and all."""
        transcript = self.transcript
        if transcript.strand > 0:
            return position - transcript.start + 1
        return transcript.end - position + 1

    def _span_bases(self, number: int, count: int) -> str:
        """Bases of exons and introns, in the order of the transcript.

        HGVS names the most 3' of equal changes by the genome: one doesn't slip from an exon into
        the next across the intron, and it may slip into the intron.
        https://hgvs-nomenclature.org/stable/recommendations/general/ (3' rule, its exception)
        """
        count = min(count, self._length - number + 1)
        if number < 1 or count < 1:
            return ""
        ends = sorted(self._position(at) for at in (number, number + count - 1))
        bases = self._fasta.bases(self.transcript.contig, ends[0], count)
        return self._oriented(bases.decode())

    def _position(self, number: int) -> int:
        """What `_along` numbers so."""
        transcript = self.transcript
        return (
            transcript.start + number - 1 if transcript.strand > 0 else transcript.end - number + 1
        )

    def _named(self, number: int) -> str:
        """Name such a number as HGVS does."""
        return self.transcript.locate(self._position(number)) or ""


def _span(first: int | None, last: int | None) -> str | None:
    if first is None and last is None:
        return None
    if first == last:
        return str(first)
    return f"{first or '?'}-{last or '?'}"


def _translated(bases: str, table: dict[str, str], *, whole: bool) -> str:
    """Translate; a last codon that isn't whole is X, or completed by As where that ends the CDS."""
    if not whole:
        bases += "A" * (-len(bases) % CODON)
    codons = [bases[at : at + CODON] for at in range(0, len(bases), CODON)]
    return "".join(table.get(codon, "X") for codon in codons)
