"""SnpEff, where it is installed: a database of a bundle's genes for it.

https://pcingola.github.io/SnpEff/snpeff/build_db/
"""

import gzip
import shutil
from pathlib import Path

from bench.measure import measure
from runtime.common.manifest import FILE_NAME, Manifest

PROGRAM = "snpEff"
GENOME = "bench"
CONFIG = "snpEff.config"


def installed() -> str | None:
    """The path of SnpEff; None where there is none."""
    return shutil.which(PROGRAM)


def build_database(program: str, bundle: Path, folder: Path) -> Path:
    """Build a database of the genes of a bundle in a new folder, and return it.

    Raises:
        LocalError: SnpEff failed.
    """
    manifest = Manifest.model_validate_json((bundle / FILE_NAME).read_bytes())
    genome = folder / "data" / GENOME
    genome.mkdir(parents=True)
    (genome / "sequences.fa").symlink_to((bundle / manifest.fasta).resolve())
    with gzip.open(bundle / manifest.genes) as packed, (genome / "genes.gff").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    config = folder / CONFIG
    config.write_text(f"data.dir = {folder / 'data'}\n{GENOME}.genome : {GENOME}\n")
    unchecked = ("-noCheckCds", "-noCheckProtein")
    measure([program, "build", "-gff3", "-noLog", *unchecked, "-c", config, GENOME])
    return folder
