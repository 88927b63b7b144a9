"""Names of the INFO fields that annotation adds, none of which the input uses for its own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from runtime.annotator.bundle import Bundle
from runtime.common.manifest import Track

CONSEQUENCE = "CSQ"
NOT_ANNOTATED = "NOT_ANNOTATED"


@dataclass(frozen=True)
class Tags:
    """The INFO keys of a result; `fields` has those of the tracks by their column."""

    consequence: str
    not_annotated: str
    fields: dict[str, str]


class TagsInUse:
    """Collects which of some names, plain or with a number behind, occur in a file.

    It looks at the text as a whole, so it may find a name that is no INFO field of the file. That
    costs a number behind our name; to miss one would cost the user's data.
    """

    def __init__(self, bases: Iterable[str]) -> None:
        self._bases = [base.encode() for base in bases]
        # The longer first: A_B is not an A. The number is bounded, and so is `found`.
        names = b"|".join(map(re.escape, sorted(self._bases, key=len, reverse=True)))
        self._pattern = re.compile(rb"(?:%b)(?:_\d{1,4})?\b" % names)
        self.found: set[bytes] = set()

    def look_at(self, text: bytes) -> None:
        """Look for the names in a piece of the file."""
        if any(base in text for base in self._bases):
            self.found.update(self._pattern.findall(text))

    def free(self, base: str) -> str:
        """Return `base`, or `base_2` and so on: the first that the file doesn't hold."""
        name, number = base, 1
        while name.encode() in self.found:
            number += 1
            name = f"{base}_{number}"
        return name


def choose(in_use: TagsInUse, bundle: Bundle) -> Tags:
    """Choose the INFO keys for a file that already uses some names."""
    return Tags(
        consequence=in_use.free(CONSEQUENCE),
        not_annotated=in_use.free(NOT_ANNOTATED),
        fields={field.column: in_use.free(field.tag) for field in bundle.fields},
    )


def definitions(tags: Tags, bundle: Bundle) -> list[bytes]:
    """Return the header lines that define the keys, but for that of the consequences."""
    sources = {track.name: _source(track) for track in bundle.manifest.tracks}
    reasons = "For each ALT allele why it is not annotated, or ."
    own = f'Source="{bundle.manifest.name}",Version="{bundle.manifest.version}"'
    described = [(tags.not_annotated, ".", reasons, own)]
    described += [
        (tags.fields[field.column], "A", field.description, sources[field.track])
        for field in bundle.fields
    ]
    return [
        f'##INFO=<ID={name},Number={number},Type=String,Description="{text}",{source}>'.encode()
        for name, number, text, source in described
    ]


def _source(track: Track) -> str:
    """Source and version, as VCF 4.3 has them in an INFO line: section 1.4.2."""
    version = track.version or track.date
    return f'Source="{track.publisher or track.name}"' + (
        f',Version="{version}"' if version else ""
    )
