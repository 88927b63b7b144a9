"""A figure of panels, one below the other, with one title and one time axis for all."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH_IN, PANEL_IN, DPI = 9, 1.4, 88


def make_panels(
    title: str, heights_in: Sequence[float], *, margin_in: float = 0.7
) -> tuple[Figure, list[Axes]]:
    """Return a figure with a panel for each height; the margin is for title and time axis."""
    size = (WIDTH_IN, sum(heights_in) + margin_in)
    figure = Figure(figsize=size, layout="constrained", dpi=DPI)
    figure.suptitle(title, fontsize=11, fontweight="bold")
    axes: list[Axes] = list(
        figure.subplots(
            len(heights_in), 1, sharex=True, squeeze=False, height_ratios=list(heights_in)
        )[:, 0]
    )
    for axis in axes:
        axis.grid(visible=True, color="#eceff2")
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
        axis.set_axisbelow(True)
    return figure, axes


def save(figure: Figure, axes: Sequence[Axes], file: Path, *, end: float, unit: str) -> None:
    """Write the picture with a time axis up to `end`; the same data gives the same bytes.

    Raises:
        OSError: the file can't be written.
        ValueError: its type can't be drawn.
    """
    axes[-1].set_xlim(0, max(end, 1))
    axes[-1].set_xlabel(unit, fontsize=8)
    figure.align_ylabels(axes)
    undated = {".png": {"Software": None}, ".svg": {"Date": None}}
    # Letters as text take less space than as paths, and can be searched and read aloud.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gas"}):
        figure.savefig(file, metadata=undated.get(file.suffix))
