"""The log of a job, for the person who submitted it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime.annotator.alleles import EXPLANATIONS, Skip
from runtime.annotator.errors import JobFailed
from runtime.annotator.sample_counts import UNREADABLE
from runtime.common.counted import counted
from runtime.vcf.zygosity import Zygosity

WIDTH = 50
MOST_LINES = 25

KINDS = (*Zygosity, UNREADABLE)
"""What a log says of a sample's genotypes, in this order."""


def log_of_success(summary: Mapping[str, Any], durations: Mapping[str, float]) -> str:
    """Return the log of a job that was completed.

    Args:
        summary: see runtime.annotator.summary.
        durations: seconds by stage.
    """
    parts = [
        _input(summary),
        _reference(summary),
        _results(summary),
        _counts("Impact (alleles)", summary["impacts"]),
        _counts("Consequences (alleles)", summary["consequences"]),
        _counts("Variant classes (alleles)", summary["variant_classes"]),
        _counts("Genes (alleles)", summary["genes"]),
        _genotypes(summary["samples"]["zygosity"]),
        _counts("Flags of transcripts (alleles)", summary["flags"]),
        _counts("Contigs (records)", summary["contigs"]),
        _not_annotated(summary),
        _warnings(summary["warnings"]),
        _durations(durations),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def log_of_failure(
    file_name: str, failure: JobFailed, done: list[str], durations: Mapping[str, float]
) -> str:
    """Return the log of a job that failed: why, what had been done, what the engine printed."""
    parts = [f"Input: {file_name}", f"FAILED: {failure}"]
    if done:
        parts.append("\n".join(["Before that", *(f"  {line}" for line in done)]))
    if failure.detail:
        detail = failure.detail.splitlines()[-MOST_LINES:]
        parts.append("\n".join(["The engine printed", *(f"  {line}" for line in detail)]))
    return "\n\n".join([*parts, _durations(durations)]).rstrip() + "\n"


def write_log(path: Path, text: str) -> None:
    """Write a log."""
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join([title, *(f"  {name:<{WIDTH}} {value}" for name, value in rows)])


def _input(summary: Mapping[str, Any]) -> str:
    facts = summary["input"]
    rows = [
        ("File", facts["file_name"]),
        ("Size", f"{facts['size']:,} bytes, compression: {facts['compression']}"),
        ("SHA-256", facts["sha256"]),
        ("VCF version", facts["vcf_version"]),
        ("Assembly", facts["assembly"]),
        *(("Note", note) for note in facts["assembly_notes"]),
        ("Header lines", f"{facts['header_lines']:,}"),
        ("Records", f"{facts['records']:,}"),
    ]
    if facts["blank_lines"]:
        rows.append(("Blank lines, left out", f"{facts['blank_lines']:,}"))
    if facts["crlf"]:
        rows.append(("Line ends", "CRLF, written as LF"))
    if facts["byte_order_mark"]:
        rows.append(("Byte order mark", "left out"))
    return _table("Input", rows)


def _reference(summary: Mapping[str, Any]) -> str:
    bundle = summary["bundle"]
    rows = [("Bundle", f"{bundle['name']} {bundle['version']} ({bundle['assembly']})")]
    for engine in summary["engines"]:
        codes = ", ".join(map(str, engine["genetic_codes"]))
        words = f"{engine['version']}: {engine['rules']}; genetic code {codes}"
        rows.append((engine["name"], words))
    for track in bundle["tracks"]:
        stated = [track["version"], track["date"]]
        words = ", ".join(text for text in stated if text) or "states no version and no date"
        rows.append((f"Track {track['name']}", words))
    rows.append(("Service", summary["service"]))
    return _table("Reference and engines", rows)


def _results(summary: Mapping[str, Any]) -> str:
    records, alleles = summary["records"], summary["alleles"]
    rows = [
        ("Records written", f"{records['total']:,}"),
        *_blocks(records["reference_blocks"]),
        ("Records on known contigs", f"{records['on_known_contigs']:,}"),
        ("Records that contradict the reference", f"{records['contradicting_reference']:,}"),
        ("Alternate alleles", f"{alleles['total']:,}"),
        ("Alleles annotated", f"{alleles['annotated']:,}"),
        ("Alleles kept without annotation", f"{alleles['not_annotated']:,}"),
        ("Effects on transcripts, and alleles between them", f"{summary['effects']:,}"),
    ]
    rows += [(f"Alleles with {name}", f"{count:,}") for name, count in summary["fields"].items()]
    tags = summary["tags"]
    keys = [tags["consequence"], tags["not_annotated"], *tags["fields"].values()]
    rows.append(("INFO keys added", ", ".join(keys)))
    index = summary["index"]
    rows.append(("Index", "written" if index["present"] else f"none: {index['reason']}"))
    samples = summary["samples"]
    reason = samples["no_genotypes"]
    made = f"none: {reason}" if reason else f"written, of {counted(samples['total'], 'sample')}"
    rows.append(("Table of genotypes", made))
    return _table("Result", rows)


def _blocks(count: int) -> list[tuple[str, str]]:
    return [("Reference blocks of a gVCF, skipped", f"{count:,}")] if count else []


def _genotypes(samples: Mapping[str, Mapping[str, int]]) -> str:
    rows = [
        (sample, ", ".join(f"{kind} {counts[kind]:,}" for kind in KINDS if kind in counts))
        for sample, counts in samples.items()
    ]
    return _table("Genotypes (alleles)", rows) if rows else ""


def _counts(title: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    rows = [(name, f"{count:,}") for name, count in list(counts.items())[:MOST_LINES]]
    if len(counts) > MOST_LINES:
        rows.append(("...", f"and {len(counts) - MOST_LINES:,} more, see the summary"))
    return _table(title, rows)


def _not_annotated(summary: Mapping[str, Any]) -> str:
    if not summary["not_annotated"]:
        return ""
    rows = [
        (EXPLANATIONS[Skip(reason)], f"{count:,}")
        for reason, count in summary["not_annotated"].items()
    ]
    lines = [_table("Kept without annotation (alleles)", rows), "  The first of them"]
    lines += [
        f"    line {each['line']}: {each['contig']} {each['position']}, {each['reason']}"
        for each in summary["problems"][:MOST_LINES]
    ]
    return "\n".join(lines)


def _warnings(lines: list[str]) -> str:
    return "\n".join(["Warnings of the engines", *(f"  {line}" for line in lines)]) if lines else ""


def _durations(durations: Mapping[str, float]) -> str:
    rows = [(stage, f"{seconds:8.3f} s") for stage, seconds in durations.items()]
    return _table("Durations", rows) if rows else ""
