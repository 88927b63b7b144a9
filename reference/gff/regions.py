"""What a GFF3 says of its contigs: other names, circular or not, the genetic code of its CDS rows.

Ensembl: `chromosome 1 138394717 ... Alias=CM000671.2,chr9,NC_000009.12`. RefSeq: `region 1 ...
chromosome=9;genome=chromosome`, or `genome=mitochondrion;Is_circular=true`.
"""

import polars as pl

from reference.contigs import MITOCHONDRIAL_NAMES, RegionFacts
from reference.gff.attributes import attribute


def read_regions(rows: pl.DataFrame, lengths: dict[str, int]) -> dict[str, RegionFacts]:
    """The facts of each contig that has rows, by its name in the bundle."""
    facts = {name: RegionFacts() for name in rows["contig"].unique(maintain_order=True)}
    whole = pl.col("end") == pl.col("contig").replace_strict(lengths, return_dtype=pl.Int64)
    regions = rows.filter((pl.col("start") == 1) & whole).select(
        "contig",
        aliases=attribute("Alias"),
        chromosome=attribute("chromosome"),
        genome=attribute("genome"),
        circular=attribute("Is_circular").str.to_lowercase() == "true",
    )
    for contig, aliases, chromosome, genome, circular in regions.iter_rows():
        found = facts[contig]
        found.circular = found.circular or bool(circular)
        found.aliases += aliases.split(",") if aliases else []
        if genome == "chromosome" and chromosome:
            found.aliases += [chromosome, f"chr{chromosome}"]
        if genome == "mitochondrion":
            found.aliases += MITOCHONDRIAL_NAMES
    tables = rows.filter(pl.col("type") == "CDS").select(
        "contig", table=attribute("transl_table").cast(pl.Int32, strict=False)
    )
    for contig, table, count in tables.drop_nulls().group_by("contig", "table").len().iter_rows():
        facts[contig].translation_tables[table] = count
    return facts
