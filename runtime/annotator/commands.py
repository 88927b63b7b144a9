"""Commands that annotate a file on a reader's own computer."""

import shlex
from dataclasses import dataclass

from runtime.common.manifest import AddedField, Manifest, Track
from runtime.vcf.genetic_codes import STANDARD

_BCF = ("-O", "b")


def _track_lines(manifest: Manifest, now: str) -> list[str]:
    """What looks up the tracks: alleles in their one form, then one `annotate` for each track."""
    if not manifest.tracks:
        return []
    steps = [["norm", "--fasta-ref", manifest.fasta, "--check-ref", "w"]]
    for track in manifest.tracks:
        fields = [field for field in manifest.added_fields if field.track == track.name]
        steps.append(_annotate(track, fields))
    lines = []
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        out, form = ("annotated.tracks.vcf.gz", "z") if last else (f"tracks-{number}.bcf", "b")
        lines.append(_bcftools(*step, "-O", form, "--write-index", "-o", out, now))
        now = out
    return lines


def _annotate(track: Track, fields: list[AddedField]) -> list[str]:
    command = ["annotate", "-a", track.file]
    if track.format == "vcf":
        return [*command, "-c", ",".join(f"INFO/{field.tag}:={field.source}" for field in fields)]
    by_column = {int(field.source): field.tag for field in fields}
    columns = [by_column.get(number, "-") for number in range(4, max(by_column, default=3) + 1)]
    for field in fields:
        line = f'##INFO=<ID={field.tag},Number=.,Type=String,Description="{field.description}">'
        command += ["-H", line, "-l", f"{field.tag}:unique"]
    return [*command, "-c", ",".join(["CHROM", "FROM", "TO", *columns])]


@dataclass(frozen=True)
class Upload:
    """What the commands of a shell must know of an upload.

    Attributes:
        name: its file name.
        contigs: its contigs, by its own names.
        others: those that are other sequences than the bundle's of that name.
        in_order: whether it is sorted.
    """

    name: str
    contigs: list[str]
    others: frozenset[str]
    in_order: bool


def shell_lines(manifest: Manifest, upload: Upload) -> list[str]:
    """Return lines for a shell that annotate an upload, in a folder with it and the bundle's files.

    They need bcftools and vepyr. What each engine says ends up in a file of its own: BCSQ without
    this service's corrections and VEP's fields, and CSQ as here. So does what the tracks say.
    """
    names = {name: each for each in manifest.contigs for name in (each.name, *each.aliases)}
    known = [name for name in upload.contigs if name in names and name not in upload.others]
    codes = sorted({names[name].genetic_code for name in known})
    lines, now = _preparations(upload, known, {name: names[name].name for name in known})
    lines += _track_lines(manifest, now)
    for code in codes:
        contigs = [each.name for each in manifest.contigs if each.genetic_code == code]
        part = f"code-{code}.vcf.gz"
        lines.append(_bcftools("view", "--targets", ",".join(contigs), "-O", "z", "-o", part, now))
        lines.append(_engine_line(manifest, code, part))
    return lines


def _preparations(upload: Upload, known: list[str], names: dict[str, str]) -> tuple[list[str], str]:
    """What makes the engines' input of the upload (one ALT a record, the bundle's names), and the
    file that it ends up in."""
    targets = ["--targets", ",".join(known)] if len(known) < len(upload.contigs) else []
    steps = [["norm", "--multiallelics", "-any", *targets]]
    renamed = {name: own for name, own in names.items() if name != own}
    lines = []
    if renamed:
        pairs = "".join(rf"{old}\t{new}\n" for old, new in renamed.items())
        lines.append(f"printf {shlex.quote(pairs)} > contigs.txt")
        steps.append(["annotate", "--rename-chrs", "contigs.txt"])
    if not upload.in_order:
        steps.append(["sort"])
    now = upload.name
    for number, step in enumerate(steps, 1):
        out = f"input-{number}.bcf"
        lines.append(_bcftools(*step, *_BCF, "-o", out, now))
        now = out
    return [*lines, _bcftools("index", now)], now


def _engine_line(manifest: Manifest, code: int, part: str) -> str:
    out = f"annotated.{part}"
    if code == STANDARD:
        cache = manifest.vep_cache.folder if manifest.vep_cache else ""
        files = ["-i", part, "-o", out, "--dir_cache", cache, "--fasta", manifest.fasta]
        return shlex.join(["vepyr", "annotate", *files, "--distance", "0"])
    genes = ["-f", manifest.fasta, "-g", manifest.csq_genes or manifest.genes]
    # Without --samples -, csq works out a consequence for each sample's genotypes.
    options = ["--local-csq", "--genetic-code", str(code), "--samples", "-"]
    return _bcftools("csq", *options, *genes, "-O", "z", "-o", out, part)


def _bcftools(*arguments: str) -> str:
    return shlex.join(["bcftools", *arguments])
