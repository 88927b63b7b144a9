"""A VEP cache as Ensembl publishes it -> known variants and predictions in vepyr's form."""

import re
import shutil
import tarfile
from pathlib import Path

import vepyr

from reference.errors import InputError
from reference.progress import Progress
from reference.vep.info import INFO, read_info

# Ensembl says the release and the kind of transcripts in the folder's name alone.
_FOLDER = re.compile(r"(?P<release>\d+)_[^_]+(_(?P<kind>merged|refseq))?")


def converted_cache(given: Path, kept: Path, progress: Progress) -> Path:
    """Return a folder of vepyr's with what a cache holds.

    Args:
        given: Ensembl's NAME.tar.gz, its unpacked folder (116_GRCh38), or vepyr's (variation/).
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
    if not (given / INFO).is_file():
        raise InputError(given, f"is no VEP cache: neither {INFO} nor variation/ is in it")
    named = _FOLDER.fullmatch(given.name)
    if named is None:
        raise InputError(given, "should have its folder's name in the archive, such as 116_GRCh38")
    info = read_info(given / INFO)
    converting = kept / f"{given.name}.converting"
    progress("VEP cache: converting it by vepyr, which may take hours")
    try:
        vepyr.build_cache(
            int(named["release"]),
            str(converting),
            cache_type=named["kind"] or "ensembl",
            species=info["species"],
            assembly=info["assembly"],
            local_cache=str(given),
            partitions=2,
            show_progress=False,
            overwrite=True,
        )
    except (RuntimeError, ValueError, KeyError) as error:
        raise InputError(given, f"can't be converted by vepyr: {error}") from error
    (made,) = converting.iterdir()
    shutil.copyfile(given / INFO, made / INFO)
    made.rename(target)
    converting.rmdir()
    return target


def _unpacked(archive: Path, folder: Path, progress: Progress) -> Path:
    if not folder.is_dir():
        partial = folder.with_name(f"{folder.name}.part")
        partial.mkdir(parents=True, exist_ok=True)
        try:
            with tarfile.open(archive) as tar:
                for member in tar:
                    progress(f"VEP cache: unpacking {member.name}")
                    tar.extract(member, partial, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise InputError(archive, f"can't be unpacked: {error}") from error
        partial.rename(folder)
    found = next(folder.rglob(INFO), None)
    if found is None:
        raise InputError(archive, f"is no VEP cache: {INFO} isn't in it")
    return found.parent
