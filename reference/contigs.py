"""The contigs of a bundle: their names, and what is known of each from files and options."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reference.errors import InputError
from reference.models.translation import AMINO_ACIDS, STANDARD, VERTEBRATE_MITOCHONDRIAL
from reference.options import ContigOptions
from runtime.common.manifest import Contig

MITOCHONDRIAL_NAMES = ("MT", "chrM", "M", "chrMT")
"""What a vertebrate's mitochondrial genome is called: genetic code 2, unless stated otherwise."""

_WITH_CHR = re.compile(r"chr(?P<rest>[A-Za-z0-9]{1,5})")
_WITHOUT_CHR = re.compile(r"[A-Za-z0-9]{1,5}")
# RefSeq's and INSDC's: https://www.ncbi.nlm.nih.gov/genbank/acc_prefix/
_REFSEQ = re.compile(r"N[CTWZG]_[A-Z0-9]+\.\d+")
_INSDC = re.compile(r"[A-Z]{1,6}\d{5,}\.\d+")


@dataclass
class RegionFacts:
    """What the GFF3 says of a contig itself."""

    aliases: list[str] = field(default_factory=list)
    circular: bool = False
    translation_tables: Counter[int] = field(default_factory=Counter)


class Contigs:
    """The contigs in the order of the FASTA.

    Raises:
        InputError: an option names a contig that isn't there, or a name belongs to two contigs.
    """

    def __init__(self, fasta: Path, lengths: dict[str, int], options: ContigOptions) -> None:
        self.lengths = lengths
        self._options = options
        self._check_options(fasta)
        self._facts = {name: RegionFacts() for name in lengths}
        self._owner = {name: name for name in lengths}
        self._aliases: dict[str, list[str]] = {name: [] for name in lengths}
        for name, aliases in options.aliases.items():
            for alias in aliases:
                if self._owner.get(alias, name) != name:
                    raise InputError(
                        f"--alias {name}={alias}", f"{self._owner[alias]} has this name already"
                    )
                self._add_alias(name, alias)
        for name in lengths:
            self._add_free_aliases(name, _usual_aliases(name))

    def _check_options(self, fasta: Path) -> None:
        said: dict[str, Iterable[str]] = {
            "--alias": self._options.aliases,
            "--genetic-code": self._options.genetic_codes,
            "--circular": self._options.circular,
            "--accession": self._options.accessions,
        }
        for option, names in said.items():
            if unknown := sorted(set(names) - set(self.lengths)):
                raise InputError(f"{option} {unknown[0]}", f"{fasta} has no sequence of this name")
        for name, code in self._options.genetic_codes.items():
            if code not in AMINO_ACIDS:
                codes = ", ".join(map(str, AMINO_ACIDS))
                raise InputError(f"--genetic-code {name}={code}", f"should be one of {codes}")

    def _add_alias(self, name: str, alias: str) -> None:
        if self._owner.setdefault(alias, name) == name and alias not in (
            name,
            *self._aliases[name],
        ):
            self._aliases[name].append(alias)

    def _add_free_aliases(self, name: str, aliases: Iterable[str]) -> None:
        for alias in aliases:
            if alias not in self._owner:
                self._add_alias(name, alias)

    def find(self, name: str) -> str | None:
        """Return the contig that goes by a name."""
        return self._owner.get(name)

    def learn(self, name: str, facts: RegionFacts) -> None:
        """Take what the GFF3 says of a contig."""
        self._facts[name] = facts
        self._add_free_aliases(name, facts.aliases)

    def genetic_code(self, name: str) -> int:
        """NCBI's number: as an option says, else most CDS rows, else the contig's name, else 1."""
        if stated := self._options.genetic_codes.get(name):
            return stated
        tables = self._facts[name].translation_tables
        if tables:
            return max(tables, key=lambda table: (tables[table], -table))
        return VERTEBRATE_MITOCHONDRIAL if name in MITOCHONDRIAL_NAMES else STANDARD

    def entries(self) -> list[Contig]:
        """The contigs as the manifest lists them."""
        return [self._entry(name) for name in self.lengths]

    def _entry(self, name: str) -> Contig:
        names = (name, *self._aliases[name])
        accessions = [each for form in (_REFSEQ, _INSDC) for each in names if form.fullmatch(each)]
        return Contig(
            name=name,
            aliases=self._aliases[name],
            length=self.lengths[name],
            genetic_code=self.genetic_code(name),
            circular=name in self._options.circular or self._facts[name].circular,
            accession=self._options.accessions.get(name) or next(iter(accessions), None),
        )


def _usual_aliases(name: str) -> Iterable[str]:
    if name in MITOCHONDRIAL_NAMES:
        return MITOCHONDRIAL_NAMES
    if match := _WITH_CHR.fullmatch(name):
        return (match["rest"],)
    return (f"chr{name}",) if _WITHOUT_CHR.fullmatch(name) else ()
