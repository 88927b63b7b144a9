"""Saves the files of results. A download that was cut off goes on where it stopped."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

import httpx

from gas_client.api import Api
from gas_client.errors import NotAvailable, NotSaved, Unreachable, UsageError
from gas_client.models import ResultFile
from gas_client.uploads import storage_error
from gas_client.waiting import require_result

TRIES_WITHOUT_PROGRESS = 5

SUFFIXES = {
    "vcf": ".annot.vcf.gz",
    "index": ".annot.vcf.gz.tbi",
    "parquet": ".variants.parquet",
    "genotypes": ".genotypes.parquet",
    "summary": ".summary.json",
    "log": ".vcf.count.log",
}
"""How the name of a file of a result goes on after the input's, by its kind."""

KINDS = tuple(SUFFIXES)
ANNOTATED = "vcf"

UNREADABLE = {
    "PENDING": "It has no result yet.",
    "RUNNING": "It has no result yet.",
    "ARCHIVED": "Its page says how to get the result back.",
    "RESTORING": "Run this again once the result is back.",
}
"""States of a job whose result can't be read now, with what to say."""

Advance = Callable[[int], None]


class SavedFile(TypedDict):
    """A file that was saved."""

    name: str
    kind: str
    path: str
    size: int


@dataclass(frozen=True)
class Downloads:
    """Saves results in a folder.

    All files of a job get their names once the last one is complete. Until then they are hidden,
    with the job's id in their names, so that a second run goes on with them.
    """

    api: Api
    folder: Path
    only: Collection[str]
    force: bool

    def save(self, job_id: str, advance: Advance, expect: Callable[[int], None]) -> list[SavedFile]:
        """Save the files of a job, or those of the kinds that are wanted.

        Args:
            job_id: of a job with a result.
            advance: is told how many more bytes have arrived.
            expect: is told how many there will be.

        Raises:
            NotSaved: a file can't be written, or would overwrite another.
            JobFailed: there is no result.
            NotAvailable: there is none yet, or it is archived.
            Refused: there is no such job.
            Unreachable: the service or the storage doesn't answer.
        """
        files = self._wanted(job_id)
        expect(sum(each["size"] for each in files))
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for each in files:
                self._require_free(each["name"])
            for each in files:
                self._fetch(job_id, each, advance)
            return [self._finish(job_id, each) for each in files]

    def require_free(self, input_name: str) -> None:
        """Check before a job what would otherwise fail after it.

        Raises:
            NotSaved: a result of an input of that name would overwrite a file.
        """
        stem = stem_of(input_name)
        for kind, suffix in SUFFIXES.items():
            if not self.only or kind in self.only:
                self._require_free(stem + suffix)

    def _wanted(self, job_id: str) -> list[ResultFile]:
        files = self.api.files(job_id)
        for each in files:
            if Path(each["name"]).name != each["name"] or each["name"][:1] in ("", "."):
                raise NotSaved(f"The service names a file {each['name']!r}, which isn't a name.")
        wanted = [each for each in files if not self.only or each["kind"] in self.only]
        missing = sorted(set(self.only or (ANNOTATED,)) - {each["kind"] for each in wanted})
        if ANNOTATED in missing:
            self._require_result(job_id, files)
        if missing:
            kinds = ", ".join(each["kind"] for each in files)
            raise UsageError(f"The result has no {', '.join(missing)}. It has {kinds}.")
        return wanted

    def _require_result(self, job_id: str, files: Collection[ResultFile]) -> None:
        """Say why there is no annotated VCF: not to save it mustn't look like success.

        Raises:
            JobFailed: the job failed, or was cancelled.
            NotAvailable: it hasn't ended, or its result is archived.
        """
        job = self.api.job(job_id)
        kinds = ",".join(each["kind"] for each in files)
        rest = f" What is left: --only {kinds}" if kinds else ""
        require_result(job, rest)
        if job["state"] in UNREADABLE:
            raise NotAvailable(
                f"{job['file_name']} is {job['state']}. {UNREADABLE[job['state']]}{rest}"
            )

    def _require_free(self, name: str) -> None:
        target = self.folder / name
        if target.exists() and not self.force:
            raise NotSaved(
                f"{target} exists. Overwrite it with --force, or choose another folder with --out."
            )

    def _part(self, job_id: str, name: str) -> Path:
        return self.folder / f".{name}.{job_id}.part"

    def _finish(self, job_id: str, file: ResultFile) -> SavedFile:
        target = self.folder / file["name"]
        self._part(job_id, file["name"]).replace(target)
        return {
            "name": file["name"],
            "kind": file["kind"],
            "path": str(target),
            "size": file["size"],
        }

    def _fetch(self, job_id: str, file: ResultFile, advance: Advance) -> None:
        """Fetch what is missing of a file until its size is right."""
        part = self._part(job_id, file["name"])
        url, size, failures = file["url"], file["size"], 0
        have = part.stat().st_size if part.exists() else 0
        if have > size:
            part.unlink()
            have = 0
        advance(have)
        part.touch()
        while have < size:
            status = self._append(url, part, have, advance)
            now = part.stat().st_size
            failures = 0 if now > have else failures + 1
            have = now
            if have > size:
                part.unlink()
            if have > size or failures >= TRIES_WITHOUT_PROGRESS:
                raise Unreachable(
                    f"{file['name']} doesn't arrive as it should: {have:,} bytes of {size:,}."
                )
            if failures:
                self.api.retry.sleep(failures)
            if status == httpx.codes.FORBIDDEN:  # the address has expired
                url = next(
                    each["url"]
                    for each in self.api.files(job_id)
                    if each["name"] == file["name"] and each["size"] == size
                )

    def _append(self, url: str, part: Path, have: int, advance: Advance) -> int:
        """Add to a file what the storage sends of the rest; return the status.

        What is there isn't lost when the connection is.
        """
        headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}

        def send() -> httpx.Response:
            request = self.api.storage.build_request("GET", url, headers=headers)
            return self.api.storage.send(request, stream=True)

        answer = self.api.retry.request(send, urlsplit(url).netloc)
        try:
            if answer.status_code == httpx.codes.FORBIDDEN:
                return answer.status_code
            if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                answer.read()
                raise storage_error(answer)
            whole = answer.status_code == httpx.codes.OK
            if whole:
                advance(-have)
            with part.open("wb" if whole else "ab") as opened:
                for chunk in answer.iter_raw():
                    opened.write(chunk)
                    advance(len(chunk))
        except httpx.TransportError:
            pass  # the caller goes on with what has arrived, and gives up when nothing does
        finally:
            answer.close()
        return answer.status_code


def stem_of(name: str) -> str:
    """The name of an input without .vcf, .vcf.gz or .vcf.bgz, as names of results begin."""
    return name[: name.lower().rindex(".vcf")]


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into one for the person."""
    try:
        yield
    except OSError as error:
        raise NotSaved(f"{error.filename or folder}: {error.strerror}.") from error
