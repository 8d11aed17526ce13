"""Progress of training: whether a model was stopped while it was still learning."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from ..aggregation.long_table import setting_of, validation_errors
from ..records.records import RunRecord
from ..style.lines import add_title_and_legend, panel_per_strength
from ..style.palette import Styles


def training_table(records: Iterable[RunRecord]) -> pd.DataFrame:
    """Tabulates the validation error of every epoch, with the columns that :func:`~..aggregation.seed_means.seed_means`
    needs."""
    rows = [
        {
            **setting_of(record)._asdict(),
            "strength": record.strength,
            "data_error": 0.0,
            "model": record.model,
            "seed": record.seed,
            "split": "valid",
            "metric": "valid_rmse",
            "step": epoch,
            "value": value,
        }
        for record in records
        if record.done and record.curves
        for epoch, value in enumerate(validation_errors(record.curves), 1)
    ]
    return pd.DataFrame(rows)


def training_curves(table: pd.DataFrame, style: Styles, title: str) -> Figure:
    """Draws the validation error over the epochs, one panel per strength, both axes logarithmic.

    Args:
        table: the :func:`~..aggregation.seed_means.seed_means` of one setting of a :func:`training_table`.
    """
    rows = table.assign(number=table.step.astype(int))
    figure, row = panel_per_strength(rows, style, "number")
    for axes in row:
        axes.set(xscale="log", yscale="log", xlabel="epoch")
        axes.minorticks_off()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter("{x:g}")
    row[0].set_ylabel("RMSE on validation simulations\n(share of the rms velocity)")
    return add_title_and_legend(figure, f"{title}\ntraining")
