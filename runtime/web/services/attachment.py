"""The name under which a browser saves a download."""

from urllib.parse import quote

from runtime.common.keys import safe_name


def attachment(name: str) -> str:
    """Return the Content-Disposition of a file that is to be saved under `name`.

    A name outside ASCII is in `filename*`, and its safe form in `filename` for clients that don't
    read that. https://www.rfc-editor.org/rfc/rfc6266#section-4.3
    """
    plain = safe_name(name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
