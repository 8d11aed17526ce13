"""How much symmetry networks have learned: their own equivariance error against that of their data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .results import DATA_ERROR_STEPS, SETTING, is_imported, select
from .statistics import Interval, bootstrap

LEARNED = [*SETTING, "model", "first", "last", "slope", "slope_low", "slope_high"]


def learned(results: pd.DataFrame) -> pd.DataFrame:
    """One row for each setting with several strengths and each model that has an equivariance error.

    ``first`` and ``last`` are the model's error ``EE_10`` on the data with the least and the most symmetry breaking,
    mean over seeds. ``slope`` is that of the least-squares line of the model's error over the data's: 1 for a network
    that breaks the symmetry as its data do, 0 for one that does not follow them; with its bootstrap 95 % interval over
    seeds. Where all data have the same error there is no line, and no row.

    Returns:
        Columns :data:`LEARNED`.
    """
    simulated = results[[not is_imported(scenario) for scenario in results.scenario]]
    rows = select(simulated, "equivariance_error", step=DATA_ERROR_STEPS).dropna(subset="value")
    found = []
    for setting, part in rows.groupby(SETTING):
        for model, own in part.groupby("model", sort=False):
            curves = own.pivot(index=["strength", "data_error"], columns="seed", values="value").dropna(axis=1)
            curves = curves.droplevel("strength")
            if curves.index.nunique() > 1 and curves.shape[1]:
                means = curves.mean(axis=1)
                found.append([*setting, model, means.iloc[0], means.iloc[-1], *vars(slope(curves)).values()])
    return pd.DataFrame(found, columns=LEARNED)


def slope(curves: pd.DataFrame) -> Interval:
    """Of the least-squares line through each column over the index; the columns are seeds."""
    centred = curves.index.to_numpy() - curves.index.to_numpy().mean()
    return bootstrap(centred @ curves.to_numpy() / np.square(centred).sum())
