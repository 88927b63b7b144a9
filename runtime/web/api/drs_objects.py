"""The objects of DRS: the files of the caller's results, and each result as a bundle of them."""

import hashlib
import re
import time
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import NotFound

from runtime.common.job import Job, ResultState
from runtime.common.keys import safe_name
from runtime.web.api.access import callers_job
from runtime.web.api.ga4gh_errors import Ga4ghDelayed
from runtime.web.api.models.base import JobPath
from runtime.web.api.models.drs_models import (
    DrsAccessMethod,
    DrsAccessUrl,
    DrsAuthorizations,
    DrsChecksum,
    DrsContent,
    DrsObject,
)
from runtime.web.context import services
from runtime.web.services.drs_ids import DrsId
from runtime.web.services.result_files import (
    FileKind,
    NoSuchResultFile,
    StoredFile,
    why_unreadable,
)

ACCESS_ID = "https"
RETRY_SECONDS = 3600
"""After so long a result that is being restored may be back, where nothing better is known."""


def describe(object_id: str) -> DrsObject:
    """Return a file, or a result with the ids of its files.

    Raises:
        NotFound: there is no such object, or not for the caller.
        Ga4ghDelayed: it is being restored.
    """
    wanted, job = _find(object_id)
    if wanted.kind is None:
        return _bundle(job)
    return _blob(job, _file(job, wanted.kind))


def address(object_id: str, access_id: str) -> DrsAccessUrl:
    """Return where a file's bytes are.

    Raises:
        NotFound: there is no such file or no such way to it, or not for the caller.
        Ga4ghDelayed: it is being restored.
    """
    wanted, job = _find(object_id)
    if wanted.kind is None or access_id != ACCESS_ID:
        raise NotFound(f"Only files have addresses, and the access_id is {ACCESS_ID!r}.")
    _file(job, wanted.kind)
    return DrsAccessUrl(url=services().results.files.download_url(job, wanted.kind))


def drs_uri(wanted: DrsId) -> str:
    """Return the address of an object in the scheme drs, which names this site."""
    return f"drs://{urlsplit(current_app.config['SITE_URL']).netloc}/{wanted}"


def _find(object_id: str) -> tuple[DrsId, Job]:
    try:
        wanted = DrsId.parse(object_id)
    except ValueError as error:
        raise NotFound("There is no such object.") from error
    return wanted, callers_job(JobPath.model_validate({"job_id": wanted.job_id}))


def _file(job: Job, kind: FileKind) -> StoredFile:
    _wait_for_restore(job, kind)
    try:
        return services().results.files.find(job, kind)
    except NoSuchResultFile as error:
        raise NotFound(str(error)) from error


def _wait_for_restore(job: Job, kind: FileKind) -> None:
    reason = why_unreadable(job, kind)
    if reason and job.result_state is ResultState.RESTORING:
        left = (job.restore_due or 0) - int(time.time())
        raise Ga4ghDelayed(reason, retry_after=left if left > 0 else RETRY_SECONDS)


def _bundle(job: Job) -> DrsObject:
    """A whole result. Without its VCF it isn't whole, so an archived one is none."""
    _file(job, FileKind.VCF)
    files = services().results.files.all(job)
    digests = sorted(_checksum(each).checksum for each in files)
    whole = DrsId(job.job_id)
    return DrsObject(
        id=str(whole),
        name=job.job_id,
        self_uri=drs_uri(whole),
        size=sum(each.size for each in files),
        created_time=files[0].created,
        checksums=[
            DrsChecksum(
                checksum=hashlib.sha256("".join(digests).encode()).hexdigest(), type="sha-256"
            )
        ],
        contents=[
            DrsContent(name=_portable(each), id=str(one), drs_uri=[drs_uri(one)])
            for each in files
            for one in (DrsId(job.job_id, each.kind),)
        ],
    )


def _blob(job: Job, file: StoredFile) -> DrsObject:
    wanted = str(DrsId(job.job_id, file.kind))
    return DrsObject(
        id=wanted,
        name=_portable(file),
        self_uri=drs_uri(DrsId(job.job_id, file.kind)),
        size=file.size,
        created_time=file.created,
        mime_type=file.media_type,
        checksums=[_checksum(file)],
        access_methods=[
            DrsAccessMethod(
                type="https",
                access_id=ACCESS_ID,
                authorizations=DrsAuthorizations(
                    drs_object_id=wanted, supported_types=["BearerAuth"]
                ),
            )
        ],
    )


def _checksum(file: StoredFile) -> DrsChecksum:
    if file.sha256:
        return DrsChecksum(checksum=file.sha256, type="sha-256")
    return DrsChecksum(checksum=file.etag, type="etag")


def _portable(file: StoredFile) -> str:
    """A file's name as DRS allows it: the portable file names of POSIX."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", safe_name(file.name))
