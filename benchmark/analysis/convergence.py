"""Whether training was long enough: how much its last quarter still gained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..runs.records import RunRecord
from .long_table import SETTING, setting_of
from .table import Table

CONVERGENCE_COLUMNS = [*SETTING, "model", "epochs", "best_epoch", "last_quarter"]


def convergence(records: Iterable[RunRecord]) -> pd.DataFrame:
    """Computes ``min_(e <= 3E/4) v_e / min_e v_e - 1`` for validation errors ``v`` of ``E`` epochs.

    Returns:
        Columns :data:`CONVERGENCE_COLUMNS`: a row for each setting and model that was trained, means over strengths and
        seeds.
    """
    rows = [
        (*setting_of(record), record.model, len(errors), 1 + record.curves.best_epoch, _gain(errors))
        for record in records
        if record.done and len(errors := record.curves.valid_rmse) > 1
    ]
    means = pd.DataFrame(rows, columns=CONVERGENCE_COLUMNS).groupby([*SETTING, "model"], as_index=False).mean()
    return pd.DataFrame(means)


def _gain(errors: Sequence[float]) -> float:
    return min(errors[: -(-3 * len(errors) // 4)]) / min(errors) - 1


def convergence_text(table: pd.DataFrame) -> pd.DataFrame:
    """Formats how long and how well models were trained."""
    return table.assign(
        epochs=table.epochs.map("{:.3g}".format),
        best_epoch=table.best_epoch.map("{:.3g}".format),
        last_quarter=table.last_quarter.map("{:.1%}".format),
    ).astype(str)


CONVERGENCE = Table(
    name="training",
    title="Training",
    meaning=(
        "`epochs` that a model was trained for, `best_epoch` whose weights were kept, and `last_quarter`: by which "
        "share the best validation error of the first three quarters of the epochs was above that of all; means over "
        "strengths and seeds."
    ),
    compute=lambda loaded: convergence(loaded.records),
    format=convergence_text,
    csv=False,
    page=False,
)
