"""Whether training was long enough: how much its last quarter still gained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..runs.records import RunRecord
from .long_table import SETTING, setting_of

TRAINED = [*SETTING, "model", "epochs", "best_epoch", "last_quarter"]


def settled(records: Iterable[RunRecord]) -> pd.DataFrame:
    """``min_(e <= 3E/4) v_e / min_e v_e - 1`` for validation errors ``v`` of ``E`` epochs.

    Returns:
        Columns :data:`TRAINED`: a row for each setting and model that was trained, means over strengths and seeds.
    """
    rows = [
        (*setting_of(record), record.model, len(errors), 1 + record.curves.best_epoch, _gain(errors))
        for record in records
        if record.done and len(errors := record.curves.valid_rmse) > 1
    ]
    return pd.DataFrame(rows, columns=TRAINED).groupby([*SETTING, "model"], as_index=False).mean()


def _gain(errors: Sequence[float]) -> float:
    return min(errors[: -(-3 * len(errors) // 4)]) / min(errors) - 1
