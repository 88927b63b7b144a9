"""Both engines over a batch: each gets the sites of its contigs."""

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.csq_engine import CsqEngine
from runtime.annotator.effects import EFFECTS, check_complete
from runtime.annotator.engine import Engine, Run
from runtime.annotator.vep_engine import VepEngine

ENGINES: tuple[Engine, ...] = (VepEngine(), CsqEngine())


def effects_of(sites: pl.DataFrame, bundle: Bundle, run: Run) -> pl.DataFrame:
    """Return effects.EFFECTS of all sites. Raises EngineFailed, TimeLimitReached."""
    found = [pl.DataFrame(schema=EFFECTS)]
    for engine in ENGINES:
        here = sites.filter(pl.col("contig").is_in(engine.handles(bundle)))
        if not here.is_empty():
            found.append(engine.effects(here, bundle, run))
    effects = pl.concat(found)
    check_complete(effects, sites, "both engines")
    return effects
