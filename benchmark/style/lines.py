"""Lines of several models in one panel, each with its interval over seeds."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from .palette import Styles

OUTLIER = 8
"""Lines that exceed this many times the median of all values are cut off, so that they do not flatten the others."""
PANELS = 5
"""Largest number of panels side by side, and about the number of markers on a line."""
LEFT, TOP, BOTTOM = 0.85, 0.8, 0.6
"""Room in inches for the labels of the axes and the title."""


def draw_lines(axes: Axes, table: pd.DataFrame, style: Styles, x: str) -> None:
    """Draws one line per model from the rows of :func:`.seed_means`, over the column ``x``;
    where a model diverged at some seed its line has a gap."""
    table = table.sort_values(x)
    points = table[[x, "mean", "low", "high"]].to_numpy(copy=True)
    lines = table.groupby("model").indices
    points[table.diverged > 0, 1:] = np.nan
    bands, colors = [], []
    for model in (model for model in style if model in lines):
        where, mean, low, high = points[lines[model]].T
        look = style[model] | {"markevery": -(-len(where) // PANELS), "markersize": 5.5, "linewidth": 1.6}
        axes.plot(where, mean, label=model, **look)
        if np.isfinite(low).all():
            bands.append(np.stack((np.append(where, where[::-1]), np.append(low, high[::-1])), 1))
            colors.append(style[model]["color"])
    axes.add_collection(PolyCollection(bands, facecolors=colors, alpha=0.15, linewidths=0), autolim=False)
    tidy(axes)


def from_zero(axes: Axes, values: pd.Series) -> None:
    """Starts the vertical axis a little below zero, where markers are whole, and ends it where most lines do."""
    if values.notna().any():
        top = min(1.06 * values.max(), OUTLIER * values.median()) or 1.0
        axes.set_ylim(-0.02 * top, top)


def tidy(axes: Axes) -> None:
    """Draws a thin grid, few ticks, and no frame above and to the right."""
    axes.minorticks_off()
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def caption(axes: Axes, text: str) -> None:
    """Sets the title of a panel at a given height: looking for a free one would measure every label of the axes."""
    axes.set_title(text, fontsize=10, y=1.0)


def panels(count: int, names: Collection[str], *, share: bool = False, top: float = TOP) -> tuple[Figure, list[Axes]]:
    """Makes a figure with some panels in a row and room for a title above and a legend of ``names`` to the right.

    Everything has its place by its size in inches, which takes a tenth of the time of an automatic layout.

    Args:
        share: narrow panels on one vertical scale.
        top: room above the panels, in inches.
    """
    width, gap = (2.5, 0.15) if share else (4.0, 0.9)
    key = 0.8 + 0.08 * max(map(len, names), default=0)
    size = (LEFT + count * width + (count - 1) * gap + key, top + max(2.9, 0.19 * len(names)) + BOTTOM)
    figure = Figure(figsize=size)
    room = {"left": LEFT / size[0], "right": 1 - key / size[0], "bottom": BOTTOM / size[1], "top": 1 - top / size[1]}
    axes = figure.subplots(1, count, sharey=share, squeeze=False, gridspec_kw=room | {"wspace": gap / width})
    return figure, list(axes[0])


def evenly_spread(values: Iterable[float]) -> list[float]:
    """Picks up to :data:`PANELS` of the values, in order and evenly spread, the ends among them."""
    ordered = sorted(values)
    places = np.linspace(0, len(ordered) - 1, min(len(ordered), PANELS)).round().astype(int)
    return [ordered[place] for place in places]


def panel_per_strength(rows: pd.DataFrame, style: Styles, x: str) -> tuple[Figure, list[Axes]]:
    """Makes a figure with a panel for each strength, on one vertical scale, each with one line per model.

    Args:
        rows: of :func:`.seed_means`, of one setting and one metric.
        x: the column that the lines are drawn over.
    """
    strengths = evenly_spread(rows.strength.unique())
    figure, row = panels(len(strengths), rows.model.unique(), share=True)
    for strength, axes in zip(strengths, row, strict=True):
        draw_lines(axes, rows.loc[rows.strength == strength], style, x)
        caption(axes, f"strength {strength:g}")
    return figure, row


def add_title_and_legend(figure: Figure, title: str) -> Figure:
    """Puts the title above all panels, and to their right a legend of all lines."""
    entries = {
        label: line for axes in figure.axes for line, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.text(0.1 / figure.get_figwidth(), 1 - 0.1 / figure.get_figheight(), title, va="top", fontsize=11)
    corner = figure.axes[-1].get_position()
    place = {"loc": "upper left", "bbox_to_anchor": (corner.x1, corner.y1)}
    figure.legend(entries.values(), entries.keys(), frameon=False, fontsize=9, **place)
    return figure
