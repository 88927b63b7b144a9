"""Where a person may be sent after signing in: to pages of this site only."""

from urllib.parse import urlsplit


def is_local(target: str) -> bool:
    """Whether `target` is a path on this site, however a browser may read it.

    Browsers take `//host`, `/\\host` and addresses with control characters in them for other
    sites' addresses: https://url.spec.whatwg.org/#relative-slash-state
    """
    if not target.startswith("/") or "\\" in target:
        return False
    if any(ord(character) < 0x21 or ord(character) == 0x7F for character in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc and not target.startswith("//")
