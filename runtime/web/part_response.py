"""The answer to a request for a file that S3 has, or for a range of its bytes."""

from flask import Response

from runtime.web.services.file_parts import FilePart


def part_response(part: FilePart) -> Response:
    """Send it in one piece, with the headers that readers of ranges need."""
    response = Response(part.content(), status=206 if part.content_range else 200)
    response.headers["Content-Type"] = part.media_type
    response.headers["Content-Length"] = str(part.length)
    response.headers["Accept-Ranges"] = "bytes"
    if part.content_range:
        response.headers["Content-Range"] = part.content_range
    return response
