"""How much symmetry networks have learned: their own equivariance error against that of their data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..aggregation.long_table import (
    DATA_ERROR_STEPS,
    SETTING,
    by_setting,
    is_imported,
    mean_data_error,
    select,
)
from ..aggregation.statistics import bootstrap, p_of_mean
from ..aggregation.table import Table, interval_texts, number_texts

LEARNED_COLUMNS = [*SETTING, "model", "seeds", "first", "last", "slope", "slope_low", "slope_high", "p"]


def learned(results: pd.DataFrame) -> pd.DataFrame:
    """Computes one row for each setting with several strengths and each model that has an equivariance error.

    ``first`` and ``last`` are the model's error ``EE_10`` on the data with the least and the most symmetry breaking,
    mean over the ``seeds`` that have all. ``slope`` is that of the least-squares line of the model's error over the
    data's: 1 for a network that breaks the symmetry as its data do, 0 for one that does not follow them; with its
    bootstrap 95 % interval over seeds, and ``p`` of the two-sided t test over seeds that it is 0. Where all data have
    the same error there is no such line, and no row.

    Returns:
        Columns :data:`LEARNED_COLUMNS`.
    """
    simulated = results.loc[[not is_imported(scenario) for scenario in results.scenario]]
    rows = select(simulated, "equivariance_error", step=DATA_ERROR_STEPS).dropna(subset="value")
    rows = rows.assign(data_error=mean_data_error(rows))
    found = []
    for setting, part in by_setting(rows):
        for model, own in part.groupby("model", sort=False):
            curves = own.pivot(index="strength", columns="seed", values="value").dropna(axis=1)
            curves.index = own.groupby("strength").data_error.first()
            if curves.index.nunique() > 1 and curves.shape[1]:
                means, slopes = curves.mean(axis=1), slope(curves)
                interval = vars(bootstrap(slopes)).values()
                ends = means.iloc[0], means.iloc[-1]
                found.append([*setting, model, len(slopes), *ends, *interval, p_of_mean(slopes)])
    return pd.DataFrame(found, columns=LEARNED_COLUMNS)


def slope(curves: pd.DataFrame) -> pd.Series:
    """Returns the slope of the least-squares line through each column over the index; the columns are seeds."""
    centred = curves.index.to_numpy() - curves.index.to_numpy().mean()
    return pd.Series(centred @ curves.to_numpy() / np.square(centred).sum(), curves.columns)


def learned_text(learned: pd.DataFrame) -> pd.DataFrame:
    """Formats the learned equivariance errors, an interval in one column."""
    ends, test = number_texts(learned, "first", "last"), number_texts(learned, "p")
    text = learned[[*SETTING, "model", "seeds"]]
    return text.assign(**ends, slope=interval_texts(learned, "slope"), **test).astype(str)


LEARNED = Table(
    name="learned",
    title="Learned equivariance error",
    meaning=(
        "`first` and `last`: equivariance error of the trained model over ten steps on the data with the least and the "
        "most symmetry breaking, mean over seeds; `slope`: of the line of this error over that of the data, with its "
        "bootstrap 95 % interval over seeds (1: it grows as that of the data; 0: it does not follow), and `p` of the "
        "two-sided t test over seeds that it is 0."
    ),
    compute=lambda loaded: learned(loaded.results),
    format=learned_text,
)
