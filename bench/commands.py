"""The command line of `./gas bench`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.processes import no_process_left
from loadtest.signals import interruptible
from local.host.folder import Folder

bench = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")
console = Console(highlight=False)


@bench.callback()
def end_in_order(context: typer.Context) -> None:
    """Measure what the service costs."""
    context.with_resource(no_process_left())
    # SIGTERM and the like raise KeyboardInterrupt, so that what was started is ended in order.
    context.with_resource(interruptible())


Out = Annotated[
    Path | None, typer.Option(help="File for the figures; by default .gas/bench/NAME.json.")
]
Runs = Annotated[int, typer.Option(help="Number of measurements of each thing.", min=1)]


@bench.command("annotate")
def bench_annotate_command(
    only: Annotated[
        str,
        typer.Option(
            help="Parts, comma-separated: a (coding genes), b (a genome of human size), c (every "
            "SNV of rCRS), small (latency of small jobs)."
        ),
    ] = "a,b,c,small",
    alleles: Annotated[int, typer.Option(help="Alleles of the parts a and b.", min=1)] = 1_000_000,
    genome: Annotated[
        str,
        typer.Option(help="Of part a: invented, or chr9 with ../shared/data/grch38-chr9 there."),
    ] = "invented",
    runs: Annotated[
        int | None,
        typer.Option(help="Measurements of each thing; by default 3 of a and b, 5 else.", min=1),
    ] = None,
    out: Out = None,
) -> None:
    """Measure the annotator's whole path on distinct alleles, in turn with bare engines.

    These are vepyr on a and b, `bcftools csq` on c, and SnpEff on a where it is installed. Then
    measure small jobs on an idle platform, from publication to COMPLETED. The bundle of part b
    takes minutes to build and 5 GB; it is kept.
    """
    from bench.annotate import AnnotateBench, Genome, Part, bench_annotate

    try:
        wanted = AnnotateBench(
            only=frozenset(Part(name.strip()) for name in only.split(",")),
            alleles=alleles,
            genome=Genome(genome),
            runs=runs,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    bench_annotate(wanted, out=out or _figures("annotate"), console=console)


@bench.command("api")
def bench_api_command(
    jobs: Annotated[int, typer.Option(help="Jobs, of all clients together.", min=10)] = 200,
    clients: Annotated[int, typer.Option(help="Clients at a time.", min=1, max=50)] = 8,
    out: Out = None,
) -> None:
    """Measure small jobs through the API, from submission to result, and the emulator's ceiling.

    Each client submits a file, waits for the result, and goes on with the next one.
    """
    from bench.api import ApiBench, bench_api

    bench_api(ApiBench(jobs=jobs, clients=clients), out=out or _figures("api"), console=console)


@bench.command("explorer")
def bench_explorer_command(
    runs: Runs = 5,
    records: Annotated[int, typer.Option(help="Records in the result.", min=1)] = 1_000_000,
    out: Out = None,
) -> None:
    """Measure the pages of a large result on a real web instance, and the memory that it takes."""
    from bench.explorer import bench_explorer

    bench_explorer(records=records, runs=runs, out=out or _figures("explorer"), console=console)


@bench.command("genomes")
def bench_genomes_command(
    alleles: Annotated[int, typer.Option(help="Variants of the large job.", min=1000)] = 1_000_000,
    many_transcripts: Annotated[
        bool,
        typer.Option(
            "--many-transcripts",
            help="A reference with 520,000 transcripts, as Ensembl has, in place of 250,000.",
        ),
    ] = False,
    build: Annotated[
        bool, typer.Option("--build", help="Build the reference anew too, and measure that.")
    ] = False,
    out: Out = None,
) -> None:
    """Measure an annotator with an invented reference of human size: start, jobs, memory.

    The jobs have a hundred and a million variants on all contigs; then a second reference lies
    beside the first. The reference takes minutes to build and 5 GB; it is kept.
    """
    from bench.genomes import bench_genomes

    bench_genomes(
        alleles=alleles,
        many_transcripts=many_transcripts,
        build=build,
        out=out or _figures("genomes-many" if many_transcripts else "genomes"),
        console=console,
    )


@bench.command("limits")
def bench_limits_command(
    only: Annotated[
        str, typer.Option(help="Parts, comma-separated: site, dead (dead requests), files.")
    ] = "site,dead,files",
    readers: Annotated[int, typer.Option(help="Slow readers.", min=1, max=1000)] = 150,
    bodies: Annotated[int, typer.Option(help="Dead bodies that nobody can read.", min=1)] = 10_000,
    out: Out = None,
) -> None:
    """Measure what one user, and hostile files, can do to the service.

    Pages beside slow readers; a dead request behind thousands of bodies that can't be read; time
    and memory of an annotator with each hostile file. It takes about ten minutes.
    """
    from bench.limits import LimitsBench, Part, bench_limits

    try:
        parts = frozenset(Part(name.strip()) for name in only.split(","))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    wanted = LimitsBench(only=parts, readers=readers, bodies=bodies)
    bench_limits(wanted, out=out or _figures("limits"), console=console)


@bench.command("plans")
def bench_plans_command(
    jobs: Annotated[int, typer.Option(help="Results of one user.", min=10)] = 300,
    out: Out = None,
) -> None:
    """Measure archives and restores per minute of one instance, and the emulator's ceiling.

    Then measure the memory of 10,000 pending archives, and of one sleeping process for each job.
    """
    from bench.plans import bench_plans

    bench_plans(jobs=jobs, out=out or _figures("plans"), console=console)


@bench.command("simulate")
def bench_simulate_command(runs: Runs = 5, out: Out = None) -> None:
    """Measure how long the simulator takes for a day with a million jobs, and its peak memory."""
    from bench.simulate import bench_simulate

    bench_simulate(runs=runs, out=out or _figures("simulate"), console=console)


@bench.command("synth")
def bench_synth_command(
    runs: Runs = 5,
    stage: Annotated[str, typer.Option(help="The stage whose stacks are synthesized.")] = "prod",
    out: Out = None,
) -> None:
    """Measure a cold and a warm synthesis of all stacks against those of an empty CDK app.

    The cold one builds the assets, so it downloads the wheels.
    """
    from bench.synth import bench_synth

    bench_synth(stage=stage, runs=runs, out=out or _figures("synth"), console=console)


@bench.command("tracks")
def bench_tracks_command(
    records: Annotated[int, typer.Option(help="Records of the track.", min=1_000)] = 20_000_000,
    runs: Runs = 5,
    out: Out = None,
) -> None:
    """Build a bundle with a large track, and look up a thousand and a million alleles in it.

    With 20 million records it takes some minutes, and 5 GB of the disk meanwhile.
    """
    from bench.tracks import TracksBench, bench_tracks

    wanted = TracksBench(records=records, runs=runs)
    bench_tracks(wanted, out=out or _figures("tracks"), console=console)


@bench.command("web")
def bench_web_command(
    runs: Runs = 5,
    seconds: Annotated[int, typer.Option(help="Seconds of each run.", min=1)] = 5,
    jobs: Annotated[int, typer.Option(help="Jobs of the user with many jobs.", min=50)] = 10_000,
    out: Out = None,
) -> None:
    """Measure the prerendered pages of one web instance against a bare Flask app of the same size.

    Then measure the pages of a user with many jobs, one request after the other.
    """
    from bench.web import WebBench, bench_web

    wanted = WebBench(runs=runs, seconds=seconds, jobs=jobs)
    bench_web(wanted, out=out or _figures("web"), console=console)


def _figures(name: str) -> Path:
    return Folder.of_repository().root / "bench" / f"{name}.json"
