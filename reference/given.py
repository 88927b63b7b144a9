"""What the command line says of a bundle: all of it, or what it adds to a recipe."""

from dataclasses import dataclass, replace
from pathlib import Path

from reference.errors import InputError
from reference.options import BuildOptions, ContigOptions, TrackOption


@dataclass(frozen=True)
class Given:
    """The options of `reference build`, as far as they were given."""

    name: str | None
    assembly: str | None
    fasta: tuple[Path, ...]
    genes: Path | None
    assembly_report: Path | None
    version: str | None
    description: str | None
    tracks: tuple[TrackOption, ...]
    vep_cache: Path | None
    contigs: ContigOptions
    sample: Path | None

    def alone(self) -> BuildOptions:
        """The bundle that the options describe.

        Raises:
            InputError: an option is missing.
        """
        if not (self.name and self.assembly and self.fasta and self.genes):
            needed = {
                "--name": self.name,
                "--assembly": self.assembly,
                "--fasta": self.fasta,
                "--genes": self.genes,
            }
            missing = ", ".join(option for option, value in needed.items() if not value)
            raise InputError(
                missing, "must be given; or name a recipe (grch38, grch37, grcm39, or a file)"
            )
        return BuildOptions(
            name=self.name,
            assembly=self.assembly,
            fasta=self.fasta,
            genes=self.genes,
            assembly_report=self.assembly_report,
            version=self.version or "1",
            description=self.description or "",
            tracks=self.tracks,
            vep_cache=self.vep_cache,
            contigs=self.contigs,
            sample=self.sample,
        )

    def check_beside_recipe(self) -> None:
        """Refuse what a recipe has of its own.

        Raises:
            InputError: such an option was given.
        """
        own = {
            "--fasta": self.fasta,
            "--genes": self.genes,
            "--assembly-report": self.assembly_report,
        }
        if given := [option for option, value in own.items() if value]:
            raise InputError(
                given[0], "is what the recipe says: copy the recipe, and change it there"
            )

    def added_to(self, recipe: BuildOptions) -> BuildOptions:
        """The recipe's bundle with what the options add to it, or say otherwise."""
        names = {track.name for track in self.tracks}
        return replace(
            recipe,
            name=self.name or recipe.name,
            assembly=self.assembly or recipe.assembly,
            version=self.version or recipe.version,
            description=self.description or recipe.description,
            tracks=(
                *(track for track in recipe.tracks if track.name not in names),
                *self.tracks,
            ),
            vep_cache=self.vep_cache or recipe.vep_cache,
            contigs=recipe.contigs.merged(self.contigs),
            sample=self.sample or recipe.sample,
        )
