"""Error against how much a model sees and how much it learns from."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

from ..analysis.long_table import select
from .lines import caption, draw_lines, finish, from_zero, panels, some
from .palette import Styles

AXES = {
    "history": ("input frames", "history"),
    "train_simulations": ("training simulations", "train"),
}
"""Column of a sweep, what it counts, and its name in the names of files."""


def sweeps(table: pd.DataFrame, style: Styles) -> Iterator[tuple[str, Figure]]:
    """Draws a figure for each sweep in a table of :func:`~..analysis.cells.cells`: over one of :data:`AXES`, all else
    equal."""
    rows = select(table, "nrmse")
    for axis, other in (("history", "train_simulations"), ("train_simulations", "history")):
        (_, name), (words, short) = AXES[axis], AXES[other]
        for (scenario, value), part in rows.groupby(["scenario", other]):
            if part[axis].nunique() > 1:
                yield (
                    f"{scenario}-{short}-{value}-over-{name}",
                    sweep(part, axis, style, f"{scenario}, {words}: {value}"),
                )


def sweep(rows: pd.DataFrame, axis: str, style: Styles, title: str) -> Figure:
    """nRMSE on unseen simulations over a column of the table, one panel a strength."""
    counted, _ = AXES[axis]
    values = sorted(rows[axis].unique())
    strengths = some(rows.strength.unique())
    figure, row = panels(len(strengths), rows.model.unique(), share=True)
    for strength, axes in zip(strengths, row, strict=True):
        draw_lines(axes, rows[rows.strength == strength], style, axis)
        axes.set_xscale("log", base=2)
        axes.set_xticks(values, [str(value) for value in values])
        axes.minorticks_off()
        caption(axes, f"strength {strength:g}")
        axes.set_xlabel(counted)
    from_zero(row[0], rows["mean"])
    row[0].set_ylabel("nRMSE")
    return finish(figure, f"{title}\nerror on unseen simulations, all rollout steps")
