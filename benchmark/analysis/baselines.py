"""Which networks do not beat what needs no training."""

from __future__ import annotations

import pandas as pd

from .long_table import SETTING, select

BASELINE = "baseline"
"""The family of what needs no training."""
UNBEATEN = [*SETTING, "strength", "split", "model", "nrmse", "baseline", "baseline_nrmse"]


def unbeaten(results: pd.DataFrame) -> pd.DataFrame:
    """Where a trained model's nRMSE (mean over seeds; infinite if one diverged) is not below that of a baseline.

    Returns:
        Columns :data:`UNBEATEN`; no rows if every model beats both on Future and Domain at every strength.
    """
    cell = [*SETTING, "strength", "split"]
    rows = pd.concat([select(results, "nrmse", split) for split in ("future", "domain")])
    means = rows.fillna({"value": float("inf")}).groupby([*cell, "model", "family"]).value.mean()
    means = means.rename("nrmse").reset_index()
    simple = means.family == BASELINE
    baseline = means[simple].rename(columns={"model": "baseline", "nrmse": "baseline_nrmse"})
    both = means[~simple].merge(baseline.drop(columns="family"), on=cell)
    return both[both.nrmse >= both.baseline_nrmse][UNBEATEN].reset_index(drop=True)
