"""Hidden asymmetry: error on whole orbits against strength, above the floor; and how it fades as states reveal it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..aggregation.kinds import BASELINE, strict_models
from ..aggregation.long_table import Setting, by_setting, floors, primary, select
from ..aggregation.scores import REFERENCE
from ..aggregation.seed_means import seed_means
from ..analysis.crossovers import Crossover, crossover
from ..analysis.declared import reference
from ..runs.evaluation import REVEALED_AFTER, SINCE_ONSET
from ..style.lines import tidy
from ..style.palette import Styles

SIZE = (7.4, 4.9)
PLAIN = (REFERENCE, "convnet-global")
"""The network without the symmetry: the first of these that is not strict."""
WORDS = {"strict": "strict", "relaxed": "relaxed", "unconstrained": "plain", "informed": "told the force"}
"""Word for a family at the end of a line."""
LABEL_GAP = 0.052
"""Least distance of two labels, as a share of the height of the panel."""


def orbit_curve(results: pd.DataFrame, style: Styles) -> Figure:
    """Draws the relative L2 on whole orbits against the strength of the breaking, with the region below the floor
    shaded, where no strictly equivariant network can be, and the crossing of the plain and the strict network.

    Args:
        results: results of one setting, whose data have a floor.
    """
    rows = primary(results)
    strict, plain = reference(rows), _plain(rows)
    crossing = crossover(rows, strict, plain) if strict and plain and rows.strength.nunique() > 1 else None
    table = seed_means(rows.loc[rows.family != BASELINE])
    figure, axes = _panel(table.loc[:, "mean"].max())
    _shade(axes, seed_means(select(floors(results), "relative_l2", "orbit")))
    _draw(axes, table, style, "strength", rows)
    if crossing and math.isfinite(crossing.strength.mean):
        _mark(axes, crossing, table.loc[table.model == plain])
    axes.set_xlabel("strength of the symmetry breaking")
    axes.set_ylabel("relative L2 error on whole orbits")
    return _titled(figure, finding(crossing), rows)


def since_onset(results: pd.DataFrame, style: Styles) -> Figure | None:
    """Draws the relative L2 on unseen simulations at the largest strength against the frames between the onset and the
    last frame that the model sees; nothing if no trained model has one.

    Args:
        results: results of one setting, whose data have an onset.
    """
    strongest = results.loc[(results.strength == results.strength.max()) & (results.family != BASELINE)]
    splits, everyone = {"domain": 0, "revealed": REVEALED_AFTER} | SINCE_ONSET, set(strongest.model)
    scored = {frames: select(strongest, "relative_l2", split) for split, frames in splits.items()}
    parts = [seed_means(rows).assign(frames=frames) for frames, rows in scored.items() if set(rows.model) == everyone]
    if not everyone or not parts:
        return None
    table = pd.concat(parts)
    figure, axes = _panel(table.loc[:, "mean"].max())
    _draw(axes, table, style, "frames", strongest)
    axes.set_xticks(sorted(set(table.frames)))
    axes.set_xlabel("frames between the onset and the last input frame")
    axes.set_ylabel("relative L2 error on unseen simulations")
    return _titled(figure, _fading(table, reference(strongest)), strongest)


ONSET_FIGURES = {"orbit": orbit_curve, "since-onset": since_onset}
"""Figures of a setting whose data have a floor, by the end of their names."""


def finding(crossing: Crossover | None) -> str:
    """Describes from which strength on the plain network is better than the strict one."""
    if crossing is None or math.isnan(crossing.strength.mean):
        return "Error against symmetry breaking"
    if math.isinf(crossing.strength.mean):
        return "The strict network is ahead of the plain one\nat the largest strength"
    if crossing.strength.mean == 0:
        return "The plain network is ahead of the strict one\nat every strength"
    return f"From strength {crossing.strength.mean:.2f} on,\nthe plain network is better than the strict one"


def _fading(table: pd.DataFrame, strict: str | None) -> str:
    means = table.loc[table.model == strict].set_index("frames").loc[:, "mean"]
    hidden, told = (means.get(frames, math.nan) for frames in (0, REVEALED_AFTER))
    if not (math.isfinite(hidden) and math.isfinite(told)):
        return "Error against frames since the onset"
    return (
        f"A wrong symmetry costs while the asymmetry is hidden: after {REVEALED_AFTER} frames\n"
        f"the strict network's error is {told:.2f} in place of {hidden:.2f}"
    )


def _plain(rows: pd.DataFrame) -> str | None:
    there = set(rows.model) - set(strict_models(rows))
    return next((model for model in PLAIN if model in there), None)


def _panel(top: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE)
    axes = figure.subplots(gridspec_kw={"left": 0.11, "right": 0.68, "bottom": 0.13, "top": 0.79})
    axes.set_ylim(0, 1.08 * top if math.isfinite(top) and top else 1)
    return figure, axes


def _shade(axes: Axes, floor: pd.DataFrame) -> None:
    if floor.loc[:, "mean"].isna().all():
        return
    axes.fill_between(floor.strength, 0, floor.loc[:, "mean"], color="0.88", linewidth=0, zorder=0)
    axes.plot(floor.strength, floor.loc[:, "mean"], color="0.55", linewidth=0.8, zorder=0)
    highest = floor.loc[floor.loc[:, "mean"].idxmax()]
    words = "no strictly equivariant\nnetwork can be here"
    corner = 0.985 * highest.strength, 0.015 * axes.get_ylim()[1]
    axes.text(*corner, words, ha="right", va="bottom", fontsize=9, color="0.35")


def _draw(axes: Axes, table: pd.DataFrame, style: Styles, x: str, rows: pd.DataFrame) -> None:
    """Draws one line per model, dashed if it is given the environment, with its name at the end."""
    families, ends = dict(zip(rows.model, rows.family, strict=True)), {}
    for model in (model for model in style if model in set(table.model)):
        own = table.loc[table.model == model].sort_values(x)
        dashes = "--" if families[model] == "informed" else "-"
        look: dict[str, Any] = style[model] | {"linestyle": dashes, "markersize": 5, "linewidth": 1.8}
        axes.plot(own[x], own.loc[:, "mean"], **look)
        axes.fill_between(own[x], own.low, own.high, color=look["color"], alpha=0.15, linewidth=0)
        ends[model] = own.loc[:, "mean"].iloc[-1]
    tidy(axes)
    shown = {model: end for model, end in sorted(ends.items(), key=lambda item: item[1]) if math.isfinite(end)}
    height = axes.get_ylim()[1]
    for (model, end), place in zip(shown.items(), spread(shown.values(), LABEL_GAP * height), strict=True):
        color, word = style[model]["color"], WORDS.get(families[model], families[model])
        leader = {"arrowstyle": "-", "color": color, "linewidth": 0.6, "relpos": (0, 0.5), "shrinkA": 2, "shrinkB": 0}
        axes.annotate(
            f"{model} ({word})",
            xy=(1.0, end),
            xytext=(1.05, place),
            xycoords=("axes fraction", "data"),
            textcoords=("axes fraction", "data"),
            va="center",
            color=color,
            fontsize=9.5,
            annotation_clip=False,
            arrowprops=leader,
        )


def spread(values: Iterable[float], gap: float) -> list[float]:
    """Moves rising values apart to a distance of at least ``gap``, each group about its middle."""
    groups: list[list[float]] = []
    for value in values:
        groups.append([value])
        while len(groups) > 1 and _start(groups[-1], gap) < _start(groups[-2], gap) + gap * len(groups[-2]):
            last = groups.pop()
            groups[-1] += last
    return [_start(group, gap) + gap * index for group in groups for index in range(len(group))]


def _start(group: list[float], gap: float) -> float:
    return float(np.mean(group)) - gap * (len(group) - 1) / 2


def _mark(axes: Axes, crossing: Crossover, plain: pd.DataFrame) -> None:
    """Marks where the plain network overtakes the strict one, with the interval over replicates."""
    strength = crossing.strength
    curve = plain.sort_values("strength")
    height = float(np.interp(strength.mean, curve.strength, curve.loc[:, "mean"]))
    axes.plot([strength.mean] * 2, [0, height], color="0.2", linestyle=":", linewidth=1.2)
    axes.plot(strength.mean, height, marker="o", markersize=10, color="none", markeredgecolor="0.2", zorder=4)
    if math.isfinite(strength.low):
        high = min(strength.high, axes.get_xlim()[1])
        axes.plot([strength.low, high], [height] * 2, color="0.2", linewidth=4, alpha=0.4, solid_capstyle="butt")


def _titled(figure: Figure, finding: str, rows: pd.DataFrame) -> Figure:
    [(setting, _)] = by_setting(rows)
    figure.text(0.015, 0.975, finding, va="top", fontsize=13)
    figure.text(0.015, 0.845, _conditions(setting, rows), va="top", fontsize=8.5, color="0.35")
    return figure


def _conditions(setting: Setting, rows: pd.DataFrame) -> str:
    seeds = rows.seed.nunique()
    return f"{setting.title}; {f'means and 95 % intervals of {seeds} seeds' if seeds > 1 else 'one seed'}"
