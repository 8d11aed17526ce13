"""Comparisons of models on equal data: paired tests, and where a relaxed model overtakes a strict one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, permutation_test

from .leaderboard import select
from .statistics import RESAMPLES, Interval

CELL = ["scenario", "history", "strength", "seed"]


def paired_comparisons(results: pd.DataFrame, reference: str, metric: str = "nrmse") -> pd.DataFrame:
    """Every model against a reference on the cells (scenario, history, strength, seed) that both have.

    ``ratio = exp mean ln(e(reference) / e(model))``, above 1 where the model is better; ``p`` is that of the two-sided
    sign-flip permutation test of the mean logarithm, ``p_adjusted`` that after Benjamini and Hochberg (1995) for the
    number of models. Cells of one data set share its simulations, so ``p`` speaks of these data sets, not of all.

    Returns:
        Columns ``model, cells, ratio, p, p_adjusted``, best first; ``p`` is NaN below two cells.

    Raises:
        ValueError: the reference has no results.
    """
    cells = select(results, metric).pivot_table(index=CELL, columns="model", values="value")
    if reference not in cells:
        raise ValueError(f"expected results of {reference}, got those of {', '.join(cells.columns)}")
    rows = []
    for model in cells.columns.drop(reference):
        gain = np.log(cells[reference] / cells[model]).dropna().to_numpy()
        rows.append({"model": model, "cells": len(gain), "ratio": math.exp(gain.mean()), "p": _sign_flip(gain)})
    table = pd.DataFrame(rows, columns=["model", "cells", "ratio", "p"])
    known = table.p.notna()
    table.loc[known, "p_adjusted"] = false_discovery_control(table.p[known]) if known.any() else math.nan
    return table.sort_values("ratio", ascending=False, ignore_index=True)


def _sign_flip(gain: np.ndarray) -> float:
    if len(gain) < 2:
        return math.nan
    if not gain.any():
        return 1.0
    return permutation_test((gain,), np.mean, permutation_type="samples", n_resamples=9999, rng=0).pvalue


@dataclass(frozen=True)
class Crossover:
    """Where one model overtakes another, on both axes; NaN where it never does. 0 means: ahead from the start."""

    strength: Interval
    data_error: Interval


def crossover(results: pd.DataFrame, strict: str, relaxed: str, metric: str = "nrmse") -> Crossover:
    """The smallest symmetry breaking from which on ``relaxed`` is better than ``strict``.

    ``d(eps) = mean over seeds of ln e(strict) - ln e(relaxed)``, linear between strengths; the crossover is the last
    zero with ``d > 0`` ever after. The interval resamples seeds, together for both models.

    Args:
        results: of one scenario and history.

    Raises:
        ValueError: a model without results, or several scenarios or histories.
    """
    if len(results.groupby(["scenario", "history"])) != 1:
        raise ValueError("expected results of one scenario and history, got several")
    rows = select(results, metric)
    cells = rows.pivot_table(index=["strength", "seed"], columns="model", values="value")
    for model in (strict, relaxed):
        if model not in cells:
            raise ValueError(f"expected results of {model}, got those of {', '.join(cells.columns)}")
    gain = np.log(cells[strict] / cells[relaxed]).unstack("seed").dropna(axis=1)
    axes = (gain.index.to_numpy(), rows.groupby("strength").data_error.first().loc[gain.index].to_numpy())
    draws = np.random.default_rng(0).integers(gain.shape[1], size=(RESAMPLES, gain.shape[1]))
    return Crossover(*(_crossing_interval(axis, gain.to_numpy(), draws) for axis in axes))


def _crossing_interval(axis: np.ndarray, gain: np.ndarray, draws: np.ndarray) -> Interval:
    """The crossing of the mean over seeds, and the 95 % interval of those of resampled seeds; NaN bounds if some of
    the resampled curves never cross."""
    middle = last_crossing(axis, gain.mean(1))
    if gain.shape[1] < 2:
        return Interval(middle, math.nan, math.nan)
    crossings = [last_crossing(axis, gain[:, draw].mean(1)) for draw in draws]
    return Interval(middle, *np.quantile(crossings, [0.025, 0.975]))


def last_crossing(x: np.ndarray, d: np.ndarray) -> float:
    """Where the line through ``(x, d)`` turns positive for good: ``x[0]`` if it always is, NaN if it never does."""
    if d[-1] <= 0:
        return math.nan
    below = np.flatnonzero(d <= 0)
    if below.size == 0:
        return float(x[0])
    i = below[-1]
    return float(x[i] - d[i] * (x[i + 1] - x[i]) / (d[i + 1] - d[i]))
