"""Scores: how many times smaller a model's error is than that of the plain convnet."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from .long_table import SETTING, by_model, primary
from .statistics import Interval, bootstrap, logarithm

REFERENCE = "convnet"


def gains(results: pd.DataFrame) -> pd.DataFrame:
    """Computes ``ln(e(convnet) / e(model))`` of the errors ``e`` of :func:`~.long_table.primary`: one row per
    cell, one column per model.

    NaN where either was not run or the convnet itself diverged, ``-inf`` where the model diverged.
    """
    errors = by_model(primary(results))
    if REFERENCE not in errors:
        return errors * math.nan
    reference = errors.loc[:, REFERENCE].where(np.isfinite(errors[REFERENCE]))
    return logarithm(errors).rsub(logarithm(reference), axis=0)


def score(gain: pd.Series) -> Interval:
    """Computes ``exp mean gain`` of one model over trials, and its bootstrap interval over seeds, see
    :func:`whole_seeds`.

    NaN without a seed that has all trials; 0 and no interval for a model that diverged.
    """
    if np.isinf(gain).any():
        return Interval(0.0, math.nan, math.nan)
    means = whole_seeds(gain).mean()
    if means.empty:
        return Interval(math.nan, math.nan, math.nan)
    return bootstrap(means).exp()


def whole_seeds(gain: pd.Series) -> pd.DataFrame:
    """Returns a column for each seed that has all data sets (setting and strength) that any seed has: the others, with
    failed or missing runs, would weigh some data sets more than the rest."""
    return gain.unstack("seed").dropna(how="all").dropna(axis=1)


def score_text(interval: Interval) -> str:
    """Formats a score with as many digits as models differ in; nothing where there is no score."""
    mean, low, high = vars(interval).values()
    if math.isnan(mean):
        return ""
    return f"{mean:.3f}" if math.isnan(low) else f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def complete(gain: pd.DataFrame) -> pd.Series:
    """Returns whether each model was run on every data set (setting and strength) that the reference was run on.

    Means over other data sets than those of the reference do not compare: some are harder to gain on than others.
    """
    run = gain.notna().groupby([*SETTING, "strength"]).any()
    return run.loc[run.any(axis=1)].all()


def scores(gain: pd.DataFrame) -> pd.DataFrame:
    """Computes ``mean, low, high`` of each model's :func:`score`, NaN where it is not :func:`complete`, and the number
    of trials in it, ``cells``; one row per model, best first, incomplete ones last."""
    rows = [vars(score(own)) for _, own in gain.items()]
    table = pd.DataFrame(rows, index=gain.columns, columns=["mean", "low", "high"]).astype(float)
    table[~complete(gain)] = math.nan
    table["cells"] = [whole_seeds(own).size for _, own in gain.items()]
    return table.sort_values(["mean", "cells"], ascending=False)


def score_texts(gain: pd.DataFrame) -> pd.Series:
    """Formats the :func:`scores`."""
    table = scores(gain)
    intervals = table[["mean", "low", "high"]].itertuples(index=False)
    return pd.Series([score_text(Interval(*row)) for row in intervals], index=table.index, dtype=object)


def places(gain: pd.DataFrame) -> pd.DataFrame:
    """Returns the ``best`` and ``worst`` place of each :func:`complete` model when every seed ranks them by its own
    trials alone, except models that lack one of these; empty with fewer than two seeds."""
    known = gain.loc[:, complete(gain)].dropna(how="all")
    by_seed = known.groupby("seed").mean().where(known.notna().groupby("seed").all())
    if len(by_seed) < 2:
        return pd.DataFrame(math.nan, index=gain.columns, columns=["best", "worst"])
    ranks = by_seed.rank(axis=1, ascending=False, method="min")
    return pd.DataFrame({"best": ranks.min(), "worst": ranks.max()}, index=gain.columns)
