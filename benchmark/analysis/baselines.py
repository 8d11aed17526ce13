"""Which networks do not beat what needs no training."""

from __future__ import annotations

import pandas as pd

from .long_table import SETTING, select
from .table import Table, number_texts

BASELINE = "baseline"
"""The family of what needs no training."""
UNBEATEN_COLUMNS = [*SETTING, "strength", "split", "model", "nrmse", "baseline", "baseline_nrmse"]


def unbeaten(results: pd.DataFrame) -> pd.DataFrame:
    """Lists where a trained model's nRMSE (mean over seeds; infinite if one diverged) is not below that of a baseline.

    Returns:
        Columns :data:`UNBEATEN_COLUMNS`; no rows if every model beats both on Future and Domain at every strength.
    """
    cell = [*SETTING, "strength", "split"]
    rows = pd.concat([select(results, "nrmse", split) for split in ("future", "domain")])
    means = rows.fillna({"value": float("inf")}).groupby([*cell, "model", "family"]).value.mean()
    means = means.rename("nrmse").reset_index()
    simple = means.family == BASELINE
    baseline = means[simple].rename(columns={"model": "baseline", "nrmse": "baseline_nrmse"})
    both = means[~simple].merge(baseline.drop(columns="family"), on=cell)
    return both[both.nrmse >= both.baseline_nrmse][UNBEATEN_COLUMNS].reset_index(drop=True)


def unbeaten_text(unbeaten: pd.DataFrame) -> pd.DataFrame:
    """Formats the models that do not beat the baselines."""
    return unbeaten.assign(**number_texts(unbeaten, "nrmse", "baseline_nrmse")).astype(str)


UNBEATEN = Table(
    name="unbeaten",
    title="Models that do not beat the baselines",
    meaning=(
        "Trained models whose mean nRMSE is not below that of persistence (next = last) or of linear extrapolation, on "
        "later frames of the training simulations (future) or on unseen simulations (domain)."
    ),
    compute=lambda loaded: unbeaten(loaded.results),
    format=unbeaten_text,
    text_columns=("baseline",),
)
