"""Error over the rollout."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .lines import caption, draw_lines, finish, from_zero, panels, some
from .palette import Styles


def rollout_error(table: pd.DataFrame, style: Styles, title: str) -> Figure:
    """nRMSE on unseen simulations over the rollout step, one panel a strength.

    Args:
        table: the :func:`~..analysis.cells.cells` of one setting.
    """
    rows = table[(table.metric == "nrmse") & (table.split == "domain") & (table.step != "mean")]
    rows = rows.assign(number=pd.to_numeric(rows.step))
    strengths = some(rows.strength.unique())
    figure, row = panels(len(strengths), rows.model.unique(), share=True)
    for strength, axes in zip(strengths, row, strict=True):
        draw_lines(axes, rows[rows.strength == strength], style, "number")
        caption(axes, f"strength {strength:g}")
        axes.set_xlabel("rollout step (frames)")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    from_zero(row[0], rows["mean"])
    row[0].set_ylabel("nRMSE")
    return finish(figure, f"{title}\nerror over the rollout, unseen simulations")
