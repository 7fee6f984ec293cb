# SPDX-License-Identifier: GPL-3.0-or-later
"""The plots of a dataset card. Needs matplotlib: pip install ".[export]"."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from solar_site_addon.batch.dataset_card import MADE_BY
from solar_site_addon.generator.dataset.statistics import Histogram

COLUMNS = 3
INK, BARS = "#2b2f36", "#2f6db3"


def draw_plots(histograms: Sequence[Histogram], path: Path) -> None:
    """Draw all histograms into the PNG file ``path``."""
    rows = -(-len(histograms) // COLUMNS)
    figure = Figure(figsize=(4 * COLUMNS, 2.9 * rows), layout="constrained")
    for place, histogram in enumerate(histograms, start=1):
        _draw(figure.add_subplot(rows, COLUMNS, place), histogram)
    FigureCanvasAgg(figure).print_figure(path, format="png", dpi=110, metadata={"Software": MADE_BY})


def _draw(axes: Axes, histogram: Histogram) -> None:
    """Draw the bins that hold something, and those between them."""
    filled = [place for place, count in enumerate(histogram.counts) if count]
    shown = range(filled[0], filled[-1] + 1) if filled else range(len(histogram.counts))
    edges = [histogram.edges[place] for place in (*shown, shown[-1] + 1)]
    axes.stairs([histogram.counts[place] for place in shown], edges, fill=True, color=BARS)
    if histogram.is_logarithmic:
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_title(histogram.title[0].upper() + histogram.title[1:], fontsize=9, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.locator_params(axis="y", integer=True, nbins=5)
