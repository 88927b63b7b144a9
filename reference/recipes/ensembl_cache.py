"""A VEP cache as Ensembl publishes it -> the known variants in vepyr's form."""

import tarfile
from pathlib import Path

import vepyr

from reference.errors import InputError
from reference.progress import Progress

_INFO = "info.txt"


def converted_cache(given: Path, kept: Path, progress: Progress) -> Path:
    """Return a folder of vepyr's with the known variants of a cache.

    Args:
        given: Ensembl's NAME.tar.gz, its unpacked folder (with info.txt), or vepyr's (variation/).
        kept: a folder for what is converted, which the next build finds there.

    Raises:
        InputError: it's none of these, or vepyr can't convert it.
    """
    if (given / "variation").is_dir():
        return given
    target = kept / f"{given.name}.vepyr"
    if target.is_dir():
        return target
    if given.is_file():
        given = _unpacked(given, kept / f"{given.name}.unpacked", progress)
    if not (given / _INFO).is_file():
        raise InputError(given, "is no VEP cache: neither info.txt nor variation/ is in it")
    info = _info(given / _INFO)
    progress("VEP cache: converting its known variants by vepyr, which may take hours")
    try:
        vepyr.build_cache(
            int(info["version"]),
            str(kept / f"{given.name}.converting"),
            cache_type="ensembl",
            entity="variation",
            species=info["species"],
            assembly=info["assembly"],
            local_cache=str(given),
            partitions=2,
            show_progress=False,
            overwrite=True,
        )
    except (RuntimeError, ValueError, KeyError) as error:
        raise InputError(given, f"can't be converted by vepyr: {error}") from error
    (made,) = (kept / f"{given.name}.converting").iterdir()
    made.rename(target)
    (kept / f"{given.name}.converting").rmdir()
    return target


def _unpacked(archive: Path, folder: Path, progress: Progress) -> Path:
    """Unpack what is about variants: a tenth of the files, most of the bytes."""
    if not folder.is_dir():
        partial = folder.with_name(f"{folder.name}.part")
        try:
            with tarfile.open(archive) as tar:
                for member in tar:
                    name = Path(member.name).name
                    if name == _INFO or "var" in name:
                        progress(f"VEP cache: unpacking {member.name}")
                        tar.extract(member, partial, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise InputError(archive, f"can't be unpacked: {error}") from error
        if not partial.is_dir():
            raise InputError(archive, "is no VEP cache: it holds no known variants")
        partial.rename(folder)
    found = next(folder.rglob(_INFO), None)
    if found is None:
        raise InputError(archive, "is no VEP cache: info.txt isn't in it")
    return found.parent


def _info(path: Path) -> dict[str, str]:
    """Lines of a key and a value."""
    pairs = (line.split("\t", 1) for line in path.read_text().splitlines() if "\t" in line)
    return {key: value.strip() for key, value in pairs}
