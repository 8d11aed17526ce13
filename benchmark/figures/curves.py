"""Error against asymmetry, and learned against data equivariance."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ..aggregation.long_table import DATA_ERROR_STEPS, data_error_label, is_like_models, select
from ..style.lines import add_title_and_legend, draw_lines, from_zero, panels
from ..style.palette import Styles

LABELS = {"nrmse": "nRMSE", "rmse": "RMSE (cells per frame)"}


def error_curve(table: pd.DataFrame, style: Styles, title: str) -> Figure:
    """Draws nRMSE and RMSE on unseen simulations over the measured asymmetry of the data, with strengths above.

    Args:
        table: the :func:`~..aggregation.seed_means.seed_means` of one setting.
    """
    figure, both = panels(2, table.model.unique(), top=1.05)
    for axes, (metric, label) in zip(both, LABELS.items(), strict=True):
        rows = select(table, metric)
        draw_lines(axes, rows, style, "data_error")
        from_zero(axes, rows.loc[:, "mean"])
        axes.set_ylabel(label)
        axes.set_xlabel(data_error_label(table.scenario.iloc[0]))
        strengths = rows.groupby("strength").data_error.first()
        above = axes.secondary_xaxis("top")
        above.set_xticks(strengths, [f"{strength:g}" for strength in strengths.index], fontsize=8)
        above.set_xlabel("strength of the breaking", fontsize=9)
        above.spines["top"].set_visible(False)
    return add_title_and_legend(figure, f"{title}\nerror on unseen simulations, all rollout steps")


def learned_curve(table: pd.DataFrame, style: Styles, title: str) -> Figure:
    """Draws the equivariance error of trained models over that of their data; on the diagonal both break it alike.

    Data that are measured otherwise than models, :func:`.is_like_models`, have no diagonal. The
    panel beside it shows how far weights are from the symmetry, for models in which that can be measured."""
    scenario = table.scenario.iloc[0]
    weights = select(table, "relaxation", split="weights")
    figure, row = panels(1 + (not weights.empty), ["model = data", *table.model.unique()])
    for axes in row[1:]:
        draw_lines(axes, weights, style, "data_error")
        from_zero(axes, weights.loc[:, "mean"])
        axes.set_xlabel(data_error_label(scenario))
        axes.set_ylabel("relaxation of the weights (share of the norm)")
    axes = row[0]
    if is_like_models(scenario):
        top = max(table.data_error.max(), 0.1)
        axes.plot([0, top], [0, top], color="0.6", linestyle=":", label="model = data")
    rows = select(table, "equivariance_error", step=DATA_ERROR_STEPS)
    draw_lines(axes, rows, style, "data_error")
    from_zero(axes, rows.loc[:, "mean"])
    axes.set_ylabel(f"equivariance error of the model (n = {DATA_ERROR_STEPS})")
    axes.set_xlabel(data_error_label(scenario))
    return add_title_and_legend(figure, f"{title}\nwhat the models have learned")
