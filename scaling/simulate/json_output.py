"""A result as JSON, for scripts."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scaling.simulate.instance_prices import PRICES
from scaling.simulate.simulation_result import PERCENTILES, SimulationResult


def as_json(result: SimulationResult) -> dict[str, Any]:
    """Return a result as plain values; unknown values are null. Times are in s from the start."""
    return {
        "fleet": result.fleet.value,
        "preset": result.preset.name,
        "load": result.load.label,
        "seed": result.seed,
        "duration_s": result.load.duration_s,
        "model": asdict(result.model),
        "activities": [asdict(activity) for activity in result.activities],
        "totals": _totals(result),
        "minutes": {
            "end_s": result.ends_s,
            "arrivals": result.arrivals,
            "capacity": result.desired,
            "in_service": result.in_service,
            "waiting": result.waiting,
            f"{delay_name(result)}_s": _by_percentile(result.delays.by_minute.tolist()),
        },
        "alarms": {
            track.alarm.name: {
                "condition": track.alarm.condition,
                "values": track.values,
                "states": [state.value for state in track.states],
            }
            for track in result.tracks
        },
    }


def write_json(path: Path, results: list[SimulationResult]) -> None:
    """Write a result, or several under `results`. Raises OSError."""
    first, *others = [as_json(result) for result in results]
    content = {"results": [first, *others]} if others else first
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def delay_name(result: SimulationResult) -> str:
    """Return what the delays of this fleet are called."""
    return "response_time" if result.fleet == "web" else "queue_wait"


def _totals(result: SimulationResult) -> dict[str, Any]:
    return {
        "served": result.served,
        "unserved": result.unserved,
        "flaps": result.flaps,
        "instance_hours": round(result.instance_hours, 4),
        "cost_usd": round(result.cost_usd, 4),
        "price_table": {"date": PRICES.date, "region": PRICES.region, "source": PRICES.source},
        f"{delay_name(result)}_s": _by_percentile(result.delays.overall.tolist()),
    }


def _by_percentile(values: list[Any]) -> dict[str, Any]:
    """Return the values of each percentile under its name, with null for NaN."""
    return {
        f"p{percentile}": _known(value)
        for percentile, value in zip(PERCENTILES, values, strict=True)
    }


def _known(value: Any) -> Any:
    if isinstance(value, list):
        return [_known(one) for one in value]
    return None if math.isnan(value) else round(value, 6)
