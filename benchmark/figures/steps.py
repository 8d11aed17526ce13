"""Error over the rollout."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .lines import add_title_and_legend, from_zero, panel_per_strength
from .palette import Styles


def rollout_error(table: pd.DataFrame, style: Styles, title: str) -> Figure:
    """Draws the nRMSE on unseen simulations over the rollout step, one panel a strength.

    Args:
        table: the :func:`~..analysis.seed_means.seed_means` of one setting.
    """
    rows = table[(table.metric == "nrmse") & (table.split == "domain") & (table.step != "mean")]
    rows = rows.assign(number=pd.to_numeric(rows.step))
    figure, row = panel_per_strength(rows, style, "number")
    for axes in row:
        axes.set_xlabel("rollout step (frames)")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    from_zero(row[0], rows.loc[:, "mean"])
    row[0].set_ylabel("nRMSE")
    return add_title_and_legend(figure, f"{title}\nerror over the rollout, unseen simulations")
