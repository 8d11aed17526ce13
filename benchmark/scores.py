"""Scores: how many times smaller a model's error is than that of the plain convnet."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from .results import by_model, select
from .statistics import Interval, resamples, tails

REFERENCE = "convnet"


def gains(results: pd.DataFrame) -> pd.DataFrame:
    """``ln(nRMSE(convnet) / nRMSE(model))`` of unseen simulations: a row a cell, a column a model.

    NaN where either was not run or the convnet itself diverged, ``-inf`` where the model diverged.
    """
    errors = by_model(select(results, "nrmse"))
    if REFERENCE not in errors:
        return errors * math.nan
    reference = errors[REFERENCE].where(np.isfinite(errors[REFERENCE]))
    return np.log(errors).rsub(np.log(reference), axis=0)


def score(gain: pd.Series) -> Interval:
    """``exp mean gain`` of one model over cells, and its bootstrap interval over seeds.

    A resample draws seeds with all their cells. NaN without a cell; 0 and no interval for a model that diverged.
    """
    known = gain.dropna()
    if known.empty or np.isinf(known).any():
        return Interval(0.0 if len(known) else math.nan, math.nan, math.nan)
    seeds = known.groupby("seed").agg(["sum", "count"])
    if len(seeds) == 1:
        return Interval(math.exp(known.mean()), math.nan, math.nan)
    weights, shares = resamples(len(seeds))
    resampled = (weights @ seeds["sum"].to_numpy()) / (weights @ seeds["count"].to_numpy())
    (low,), (high,) = tails(np.exp(resampled)[None], shares)
    return Interval(math.exp(known.mean()), float(low), float(high))


def score_text(interval: Interval) -> str:
    """With as many digits as models differ in; nothing where there is no score."""
    mean, low, high = vars(interval).values()
    if math.isnan(mean):
        return ""
    return f"{mean:.3f}" if math.isnan(low) else f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def scores(gain: pd.DataFrame) -> pd.DataFrame:
    """``mean, low, high`` of each model's :func:`score`, and the number of ``cells`` it is taken over."""
    rows = [vars(score(gain[model])) for model in gain]
    table = pd.DataFrame(rows, index=gain.columns, columns=["mean", "low", "high"])
    return table.assign(cells=gain.notna().sum())


def places(gain: pd.DataFrame) -> pd.DataFrame:
    """The ``best`` and ``worst`` place of each model when every seed ranks the models by its own cells alone; empty
    with fewer than two seeds."""
    by_seed = gain.groupby("seed").mean()
    if len(by_seed) < 2:
        return pd.DataFrame(math.nan, index=gain.columns, columns=["best", "worst"])
    ranks = by_seed.rank(axis=1, ascending=False, method="min")
    return pd.DataFrame({"best": ranks.min(), "worst": ranks.max()})
