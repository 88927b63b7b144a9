"""What a result says of the tracks that it was made with, so that pages can say it later."""

from typing import Any

from runtime.common.manifest import Manifest, Track


def track_release(track: Track) -> dict[str, Any]:
    """Return which release it is, for headers."""
    return {"name": track.name, "version": track.version, "date": track.date}


def track_facts(manifest: Manifest) -> list[dict[str, Any]]:
    """Return of each track its release, whose it is, how many records it has, and its fields.

    A field is by its `column` of Parquet: see `runtime.common.manifest.TrackField`.
    """
    columns = {(field.track, field.source): field.column for field in manifest.added_fields}
    return [
        {
            **track_release(track),
            **track.model_dump(
                include={"title", "publisher", "covers", "licence", "link", "records", "format"}
            ),
            "fields": [
                {
                    "column": columns[track.name, field.source],
                    **field.model_dump(include={"title", "kind", "link", "records", "description"}),
                }
                for field in track.fields
            ],
        }
        for track in manifest.tracks
    ]
