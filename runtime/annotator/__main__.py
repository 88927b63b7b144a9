"""The annotator process: job requests in, annotated results out."""

import sys
import tempfile
from pathlib import Path

from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.errors import BundleError
from runtime.annotator.handler import AnnotateHandler
from runtime.annotator.limits import Limits
from runtime.annotator.pipeline import annotate_file
from runtime.annotator.protection import Protected
from runtime.annotator.transfer import Transfer
from runtime.common import aws, systemd
from runtime.common.group import InstanceInGroup
from runtime.common.instance import Metadata
from runtime.common.jobs import Attempts
from runtime.common.log import get_logger
from runtime.common.messages import JobRequest
from runtime.common.process import EXIT_CONFIG, start
from runtime.common.reference import ReferenceUnreadable
from runtime.common.references import read_catalogue
from runtime.common.topics import Topic
from runtime.common.worker import Worker
from runtime.contract.processes import AnnotatorConfig

LOAD_SECONDS = 300.0
"""For one reference to be loaded and tried out, on a busy machine too."""


def main() -> None:
    """Run until SIGTERM."""
    config = start(AnnotatorConfig)
    log = get_logger(__name__)
    try:
        bundles = load_offered(config.references_dir)
    except (BundleError, ReferenceUnreadable) as error:
        log.critical("can't start", reason=str(error))
        sys.exit(EXIT_CONFIG)
    limits = Limits(genotype_samples=config.genotype_samples)
    with EnginePool() as process:
        for name, bundle in bundles.items():
            systemd.starting(LOAD_SECONDS)
            bundle.read_ahead()
            try_out(bundle, process)
            log.info("bundle loaded", bundle=name, version=bundle.manifest.version)
        handler = AnnotateHandler(
            jobs=Attempts(aws.table(config.annotations_table)),
            transfer=Transfer(aws.client("s3"), limits),
            results=Topic(aws.client("sns"), config.job_results_topic_arn),
            results_bucket=config.results_bucket,
            bundles=bundles,
            process=process,
            limits=limits,
        )
        worker(config, handler).run()


def load_offered(folder: Path) -> dict[str, Bundle]:
    """Return the bundles of the references that the stage offers, by their names.

    Raises:
        ReferenceUnreadable, BundleError: naming what is missing or wrong.
    """
    return {each.name: load(folder / each.name) for each in read_catalogue(folder)}


def worker(config: AnnotatorConfig, handler: AnnotateHandler) -> Worker[JobRequest]:
    """The polling loop, with the instance protected from scale-in where the stage says so."""
    sqs, url = aws.client("sqs"), config.queue_url
    if not config.scale_in_protection:
        return Worker(sqs=sqs, queue_url=url, parse=JobRequest.from_body, handler=handler)
    instance = InstanceInGroup(aws.client("autoscaling"), Metadata())
    protected = Protected(handler, instance)
    return Worker(
        sqs=sqs,
        queue_url=url,
        parse=JobRequest.from_body,
        handler=protected,
        between_polls=protected.release,
    )


def try_out(bundle: Bundle, process: EnginePool) -> None:
    """Annotate the bundle's sample: a broken instance fails here, and not a user's job.

    A bundle without a sample isn't tried out. It also loads what is loaded at first use, so that
    the first job doesn't wait for it.

    Raises:
        JobFailed: the bundle and the engine don't work together.
    """
    sample = bundle.sample_path
    if sample is None:
        return
    with tempfile.TemporaryDirectory(prefix="gas-sample-") as folder:
        annotate_file(sample, sample.name, bundle, Path(folder), process=process)


if __name__ == "__main__":
    main()
