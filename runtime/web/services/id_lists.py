"""Lists of rs ids in which the upload page looks up what is pasted: short enough for a browser."""

from typing import NamedTuple

from runtime.common.reference import Reference

MOST_RECORDS = 20_000
"""Of a list: a browser reads it as a whole. A genome's dbSNP has a billion."""


class IdList(NamedTuple):
    """A track whose IDs are those of dbSNP, and what it holds, in words."""

    file: str
    words: str


def id_lists(reference: Reference) -> list[IdList]:
    """Return the lists of a reference that are short enough; one that states no size isn't."""
    found = []
    for track in reference.manifest.tracks:
        has_ids = any(each.source == "ID" and each.kind == "identifier" for each in track.fields)
        if has_ids and track.records is not None and track.records <= MOST_RECORDS:
            covers = f": {track.covers}" if track.covers else ""
            words = f"{track.records:,} {track.title or track.name}{covers}"
            found.append(IdList(track.file, words))
    return found
