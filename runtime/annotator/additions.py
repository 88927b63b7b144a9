"""What annotation adds to the INFO of a record: the engine's words, or why there are none."""

from runtime.annotator.alleles import Judge
from runtime.annotator.annotations import Allele, AnnotationsFile, Info
from runtime.annotator.bundle import Bundle
from runtime.annotator.corrections import Corrections
from runtime.annotator.limits import Limits
from runtime.annotator.provenance import TagFacts
from runtime.annotator.tags import CONSEQUENCE
from runtime.common.manifest import Contig
from runtime.vcf.padding import unpadded

_NO_INFO = (b".", b"")
_BCSQ = CONSEQUENCE.encode()


class MergeError(Exception):
    """The engine's output doesn't fit the upload: a defect, not the user's fault."""


class Additions:
    """Adds to each record's INFO, at its end; what is added is remembered while the position stays.

    A record without annotation, and without a reason for that, stays as it is: it is intergenic.
    """

    def __init__(
        self, annotations: AnnotationsFile, bundle: Bundle, tags: TagFacts, limits: Limits
    ) -> None:
        self._annotations = annotations
        self._bundle = bundle
        self._judge = Judge(bundle, limits.allele_bases)
        self._corrections = Corrections(bundle.fasta, bundle.transcripts)
        self._consequence_key = f"{tags.consequence}=".encode()
        self._allele_key = f"{tags.allele}=".encode()
        self._not_annotated_key = f"{tags.not_annotated}=".encode()
        self._fields = [
            (field.tag.encode(), f"{tags.fields[field.column]}=".encode())
            for field in bundle.fields
        ]
        self._chrom = self._pos = b""
        self._known: dict[Allele, bytes] = {}

    def to_lines(self, lines: list[bytes]) -> list[bytes]:
        """Return the records of some lines with what is added to each; blank lines are left out."""
        merged = []
        chrom_here, pos_here, known = self._chrom, self._pos, self._known
        for line in lines:
            if not line:
                continue
            fields = line.split(b"\t", 8)
            chrom, pos, _, ref, alts, _, _, info = fields[:8]
            if pos != pos_here or chrom != chrom_here:
                chrom_here, pos_here, known = self._enter(chrom, pos)
            added = known.get((ref, alts))
            if added is None:
                added = known[ref, alts] = self._make(ref, alts)
            if added:
                between = b"" if info.endswith(b";") else b";"
                fields[7] = added if info in _NO_INFO else info + between + added
                line = b"\t".join(fields)  # noqa: PLW2901 - the record as it is to be
            merged.append(line)
        return merged

    def _enter(self, chrom: bytes, pos: bytes) -> tuple[bytes, bytes, dict[Allele, bytes]]:
        self._chrom, self._pos, self._known = chrom, pos, {}
        return chrom, pos, self._known

    def _make(self, ref: bytes, alts: bytes) -> bytes:
        contig, position = self._bundle.contigs.get(self._chrom), int(self._pos)
        rows = self._annotations.at(contig.name, position) if contig is not None else {}
        upper = ref.upper()
        alleles = [unpadded(upper, alt) for alt in alts.upper().split(b",")]
        infos = [rows.get(allele) for allele in alleles]
        texts = [info.get(_BCSQ) if info else None for info in infos]
        if contig is not None:
            texts = [
                text and self._corrections.corrected(text, contig, position, *allele)
                for text, allele in zip(texts, alleles, strict=True)
            ]
        parts = self._consequences(texts)
        if None in infos:
            parts.append(self._reasons(contig, ref, alts, infos))
        if any(info is not None and len(info) > (_BCSQ in info) for info in infos):
            parts += self._track_fields(infos)
        return b";".join(parts)

    def _track_fields(self, infos: list[Info | None]) -> list[bytes]:
        parts = []
        for tag, key in self._fields:
            values = [info.get(tag, b".") if info else b"." for info in infos]
            if any(value != b"." for value in values):
                # A comma parts the alleles: https://samtools.github.io/hts-specs/VCFv4.3.pdf, 1.2
                parts.append(key + b",".join(value.replace(b",", b"%2C") for value in values))
        return parts

    def _reasons(
        self, contig: Contig | None, ref: bytes, alts: bytes, infos: list[Info | None]
    ) -> bytes:
        """Why alleles that the engine has no row for were not given to it."""
        position = int(self._pos)
        contradicts = contig is not None and self._judge.contradicts(contig, position, ref)
        skips = self._judge.skips(contig, ref, alts, contradicts=contradicts)
        if any(skip is None and info is None for skip, info in zip(skips, infos, strict=True)):
            raise MergeError(f"the engine left out {self._chrom!r} {position} {ref!r} {alts!r}")
        return self._not_annotated_key + ",".join(skip or "." for skip in skips).encode()

    def _consequences(self, texts: list[bytes | None]) -> list[bytes]:
        found = [(number, text) for number, text in enumerate(texts, 1) if text is not None]
        if not found:
            return []
        parts = [self._consequence_key + b",".join(text for _, text in found)]
        if len(texts) > 1:
            numbers = [b"%d" % number for number, text in found for _ in text.split(b",")]
            parts.append(self._allele_key + b",".join(numbers))
        return parts
