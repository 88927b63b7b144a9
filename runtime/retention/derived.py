"""Index and Parquet of a result that comes back: made again as the annotator made them."""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runtime.annotator.bundle import Bundle
from runtime.annotator.derive import derive
from runtime.annotator.engine import Engine
from runtime.annotator.limits import MIB, Deadline, Limits
from runtime.annotator.stages import Stages
from runtime.annotator.transfer import CHUNK, Transfer
from runtime.common.delivery import HandBack
from runtime.common.job import Job
from runtime.common.keys import ResultNames, result_keys
from runtime.common.log import get_logger
from runtime.common.objects import Objects, Version
from runtime.retention.room import Room

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ROOM_BYTES = 256 * MIB
"""Of annotated VCFs on the disk at once; a larger one is there alone, as an annotator has it."""

PASSING = (HandBack, BotoCoreError, ClientError, OSError, MemoryError)
"""What isn't the result's fault: `tick`, AWS, the disk or the memory. The message comes again."""

log = get_logger(__name__)


@dataclass(frozen=True)
class Derived:
    """Makes them and stores them beside the annotated VCF.

    Threads may share it. They have results on the disk at the same time as far as there is room,
    but compute one after the other, since an instance's memory is for one.

    Args:
        bundle: the reference; a result says itself what it was annotated with.
        engine: makes the index.
    """

    s3: "S3Client"
    bundle: Bundle
    engine: Engine
    limits: Limits
    _room: Room = field(default_factory=lambda: Room(ROOM_BYTES), repr=False)
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def make(self, job: Job, vcf: Version, tick: Callable[[], None]) -> None:
        """Make what is missing beside `vcf`; `tick` is called often, and may raise.

        A result of which it can't be made any more comes back without: the annotated VCF is what
        its owner waits for. The log says why.

        Raises:
            HandBack: by `tick`.
            BotoCoreError, ClientError, OSError, MemoryError: it may go better at another time.
        """
        size = Objects(self.s3).head(vcf.bucket, vcf.key, vcf.version_id).size
        with self._room.taken(size, tick):
            self._make(job, vcf, tick)

    def _make(self, job: Job, vcf: Version, tick: Callable[[], None]) -> None:
        names = ResultNames.of(job.input_file_name)
        keys = result_keys(job.user_id, job.job_id, job.input_file_name)
        with tempfile.TemporaryDirectory(prefix="gas-thaw-") as folder:
            target = Path(folder) / names.vcf
            self._fetch(vcf, target, tick)
            try:
                self._derive(target, names, tick)
            except PASSING:
                raise
            except Exception:
                # All else follows from the result alone, and would at each delivery.
                log.exception("what is derived from the result can't be made again")
                return
            made = {keys.index: target.parent / names.index}
            made[keys.parquet] = target.parent / names.parquet
            found = {key: path for key, path in made.items() if path.exists()}
            Transfer(self.s3, self.limits).store(found, vcf.bucket, tick)

    def _derive(self, vcf: Path, names: ResultNames, tick: Callable[[], None]) -> None:
        with self._alone:
            deadline = Deadline(self.limits.seconds)
            derive(
                vcf,
                names,
                self.bundle,
                engine=self.engine,
                limits=self.limits,
                deadline=deadline,
                stages=Stages(lambda _percent: tick(), deadline),
            )

    def _fetch(self, vcf: Version, target: Path, tick: Callable[[], None]) -> None:
        answer = self.s3.get_object(Bucket=vcf.bucket, Key=vcf.key, VersionId=vcf.version_id)
        with target.open("wb") as file:
            for chunk in answer["Body"].iter_chunks(CHUNK):
                file.write(chunk)
                tick()
