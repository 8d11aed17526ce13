"""Whether networks were trained well: which do not beat the baselines, and what the last epochs gained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..aggregation.kinds import BASELINE
from ..aggregation.long_table import SETTING, select, setting_of, validation_errors
from ..aggregation.table import Table, number_texts
from ..records.records import RunRecord

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


CONVERGENCE_COLUMNS = [*SETTING, "model", "epochs", "best_epoch", "last_quarter"]


def convergence(records: Iterable[RunRecord]) -> pd.DataFrame:
    """Computes ``min_(e <= 3E/4) v_e / min_e v_e - 1`` for validation errors ``v`` of ``E`` epochs.

    Returns:
        Columns :data:`CONVERGENCE_COLUMNS`: a row for each setting and model that was trained, means over strengths and
        seeds.
    """
    rows = [
        (*setting_of(record), record.model, len(errors), 1 + curves.best_epoch, _gain(errors))
        for record in records
        if record.done and (curves := record.curves) and len(errors := validation_errors(curves)) > 1
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
