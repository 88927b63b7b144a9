"""The manifest of a bundle: what is in the folder, and what the annotator needs to know of it."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reference.settings import Settings

NAME = "manifest.json"
FORMAT = 2

FASTA = "rcrs.fa"
GENES = "rcrs.gff3.gz"
KNOWN = "rcrs.known.vcf.gz"
SAMPLE = "sample.vcf"
TRANSCRIPTS = "transcripts.parquet"

_KNOWN_FIELDS = [
    {"source": "ID", "target": "id", "description": "dbSNP id", "number": "1", "type": "String"},
    {
        "source": "INFO/CLNSIG",
        "target": "clinical_significance",
        "description": "Clinical significance, in ClinVar's terms",
        "number": ".",
        "type": "String",
    },
    {
        "source": "INFO/CLNDN",
        "target": "condition",
        "description": "Condition that the variant is associated with",
        "number": ".",
        "type": "String",
    },
]


def manifest(settings: Settings, folder: Path) -> str:
    """The manifest as JSON, with a checksum for each file that `folder` holds now."""
    contig = {key: value for key, value in asdict(settings.contig).items() if key != "md5"}
    document: dict[str, Any] = {
        "format": FORMAT,
        "name": settings.name,
        "version": settings.version,
        "assembly": settings.assembly,
        "description": settings.description,
        "contigs": [contig],
        "fasta": FASTA,
        "genes": GENES,
        # The rows for bcftools csq (incomplete stops as UTRs) are still among the genes.
        "csq_genes": GENES,
        "vep_cache": None,
        "transcripts": TRANSCRIPTS,
        "left_out": {},
        "tracks": [{"name": "known", "file": KNOWN, "format": "vcf", "fields": _KNOWN_FIELDS}],
        "engine": asdict(settings.engine),
        "sources": [asdict(source) for source in settings.sources],
        "sample": SAMPLE,
        "checksums": {path.name: _checksum(path) for path in sorted(folder.iterdir())},
    }
    return json.dumps(document, indent=2) + "\n"


def _checksum(path: Path) -> str:
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
