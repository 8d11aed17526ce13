"""How training went: whether a model was stopped while it still learned."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from ..analysis.long_table import setting_of
from ..runs.records import RunRecord
from .lines import caption, draw_lines, finish, panels, some
from .palette import Styles


def training_table(records: list[RunRecord]) -> pd.DataFrame:
    """The validation error of every epoch as a table with the columns that :func:`~..analysis.cells.cells` needs."""
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
        if record.done
        for epoch, value in enumerate(record.curves.valid_rmse, 1)
    ]
    return pd.DataFrame(rows)


def training_curves(table: pd.DataFrame, style: Styles, title: str) -> Figure:
    """Validation error over the epochs, one panel a strength, both axes logarithmic.

    Args:
        table: the :func:`~..analysis.cells.cells` of one setting of a :func:`training_table`.
    """
    rows = table.assign(number=table.step.astype(int))
    strengths = some(rows.strength.unique())
    figure, row = panels(len(strengths), rows.model.unique(), share=True)
    for strength, axes in zip(strengths, row, strict=True):
        axes.set(xscale="log", yscale="log", xlabel="epoch")
        draw_lines(axes, rows[rows.strength == strength], style, "number")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter("{x:g}")
        caption(axes, f"strength {strength:g}")
    row[0].set_ylabel("RMSE on validation simulations\n(share of the rms velocity)")
    return finish(figure, f"{title}\ntraining")
