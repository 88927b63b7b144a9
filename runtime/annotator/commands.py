"""The bcftools commands that annotate, without input and output: for the engine, and for readers.

The page that tells how a result was made shows them, so that they can be run elsewhere.
"""

from pathlib import Path

from runtime.common.manifest import AddedField, Manifest, Track


def steps_of(manifest: Manifest, folder: Path) -> list[list[str]]:
    """Return `csq` and one `annotate` for each track, of the bundle in `folder`."""
    genes = [
        "-f",
        str(folder / manifest.fasta),
        "-g",
        str(folder / (manifest.csq_genes or manifest.genes)),
    ]
    steps = [["csq", *manifest.engine.csq_options, *genes]]
    for track in manifest.tracks:
        fields = [field for field in manifest.added_fields if field.track == track.name]
        steps.append(_annotate(track, folder, fields))
    return steps


def _annotate(track: Track, folder: Path, fields: list[AddedField]) -> list[str]:
    command = ["annotate", "-a", str(folder / track.file)]
    if track.format == "vcf":
        return [*command, "-c", ",".join(f"INFO/{field.tag}:={field.source}" for field in fields)]
    by_column = {int(field.source): field.tag for field in fields}
    columns = [by_column.get(number, "-") for number in range(4, max(by_column, default=3) + 1)]
    for field in fields:
        line = f'##INFO=<ID={field.tag},Number=.,Type=String,Description="{field.description}">'
        command += ["-H", line, "-l", f"{field.tag}:unique"]
    return [*command, "-c", ",".join(["CHROM", "FROM", "TO", *columns])]
