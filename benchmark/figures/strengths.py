"""A panel for each strength: error over the rollout, the number of input frames, the number of training simulations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..aggregation.long_table import select
from ..style.lines import add_title_and_legend, from_zero, panel_per_strength
from ..style.palette import Styles

AXES = {
    "history": ("input frames", "history"),
    "train_simulations": ("training simulations", "train"),
}
"""Column of a sweep, what it counts, and the word for it in names of files."""


def rollout_error(table: pd.DataFrame, style: Styles, title: str) -> Figure:
    """Draws the nRMSE on unseen simulations over the rollout step, one panel per strength.

    Args:
        table: the :func:`.seed_means` of one setting.
    """
    rows = rollout_steps(table)
    rows = rows.assign(number=pd.to_numeric(rows.step))
    figure, row = panel_per_strength(rows, style, "number")
    for axes in row:
        axes.set_xlabel("rollout step (frames)")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    from_zero(row[0], rows.loc[:, "mean"])
    row[0].set_ylabel("nRMSE")
    return add_title_and_legend(figure, f"{title}\nerror over the rollout, unseen simulations")


def rollout_steps(table: pd.DataFrame) -> pd.DataFrame:
    """Selects the nRMSE of single rollout steps on unseen simulations; a training that diverged has none."""
    return table.loc[(table.metric == "nrmse") & (table.split == "domain") & (table.step != "mean")]


def sweeps(table: pd.DataFrame, style: Styles) -> Iterator[tuple[str, Figure]]:
    """Draws a figure for each sweep in a table of :func:`.seed_means`: over one of :data:`AXES`,
    all else equal."""
    rows = select(table, "nrmse")
    for axis, other in (("history", "train_simulations"), ("train_simulations", "history")):
        (_, name), (words, short) = AXES[axis], AXES[other]
        for key, part in rows.groupby(["scenario", other]):
            scenario, value = cast("tuple[str, int]", key)
            if len(set(part[axis])) > 1:
                yield (
                    f"{scenario}-{short}-{value}-over-{name}",
                    sweep(part, axis, style, f"{scenario}, {words}: {value}"),
                )


def sweep(rows: pd.DataFrame, axis: str, style: Styles, title: str) -> Figure:
    """Draws the nRMSE on unseen simulations over a column of the table, one panel per strength."""
    counted, _ = AXES[axis]
    values = sorted(rows[axis].unique())
    figure, row = panel_per_strength(rows, style, axis)
    for axes in row:
        axes.set_xscale("log", base=2)
        axes.set_xticks(values, [str(value) for value in values])
        axes.minorticks_off()
        axes.set_xlabel(counted)
    from_zero(row[0], rows.loc[:, "mean"])
    row[0].set_ylabel("nRMSE")
    return add_title_and_legend(figure, f"{title}\nerror on unseen simulations, all rollout steps")
