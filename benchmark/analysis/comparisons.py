"""Comparisons of models on equal data: paired tests, and where a relaxed model overtakes a strict one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.stats import false_discovery_control

from .baselines import BASELINE
from .kinds import by_kind
from .long_table import SETTING, by_model, select
from .scores import REFERENCE, complete, gains, whole_seeds
from .statistics import Interval, p_of_mean, resamples, tails

PAIRED = ["model", "cells", "ratio", "p", "p_adjusted"]
COMPARED = ["scenario", "reference", "strengths", *PAIRED]
EVERYWHERE = "all"
BROKEN = "above 0"
CROSSED = [
    *(*SETTING, "strict", "relaxed"),
    *("strength", "strength_low", "strength_high"),
    *("data_error", "data_error_low", "data_error_high"),
    "seeds",
]


def paired_comparisons(results: pd.DataFrame, reference: str, metric: str = "nrmse") -> pd.DataFrame:
    """Compares every model with a reference on the cells (:data:`~.long_table.CELL`) in which both stayed finite, of
    the seeds that have all of them.

    ``ratio = exp mean ln(e(reference) / e(model))``, above 1 where the model is better; ``p`` is that of the two-sided
    paired t test, whose samples are the mean logarithms of these seeds, because cells of one seed are not independent;
    ``p_adjusted`` that after Benjamini and Hochberg (1995) for the number of models that are tested and trained:
    baselines, which nobody doubts to be worse, would only soften it, and have none. All seeds share the simulations, so
    ``p`` speaks of these data sets, not of all.

    Returns:
        Columns :data:`PAIRED`, best first; ``p`` is NaN below two such seeds, where either diverged, and of a model
        that repeats the reference to rounding, as augmentation with a symmetry that a network has does.

    Raises:
        ValueError: the reference has no results.
    """
    errors = by_model(select(results, metric))
    if reference not in errors:
        raise ValueError(f"expected results of {reference}, got those of {', '.join(errors.columns)}")
    rows = []
    for model in errors.columns.drop(reference):
        both = errors[[reference, model]].dropna()
        finite = both[np.isfinite(both).all(axis=1)]
        gain = np.log(finite[reference] / finite[model])
        seeds = whole_seeds(gain)
        means = seeds.mean()
        ratio = math.exp(means.mean()) if len(means) else math.nan
        p = p_of_mean(means) if len(finite) == len(both) else math.nan
        rows.append({"model": model, "cells": seeds.size, "ratio": ratio, "p": p})
    table = adjusted(pd.DataFrame(rows, columns=PAIRED[:-1]), results)
    return table.sort_values("ratio", ascending=False, ignore_index=True)


def adjusted(table: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """With a column ``p_adjusted``: ``p`` after Benjamini and Hochberg over the models that are no baselines."""
    known = table.p.notna() & ~table.model.isin(results.model[results.family == BASELINE])
    corrected = false_discovery_control(table.p[known]) if known.any() else []
    return table.assign(p_adjusted=pd.Series(corrected, table.index[known], dtype=float))


def comparisons(results: pd.DataFrame) -> pd.DataFrame:
    """:func:`paired_comparisons` with the reference of the leaderboard and with strict models: in each scenario; and
    over all of them, if there are several, of the rows that have a score there. Where some data are symmetric and some
    are not, once over all strengths and once over those above 0, where a symmetry can be wrong.

    Returns:
        Columns :data:`COMPARED`.
    """
    groups = list(results.groupby("scenario"))
    found = []
    for scenario, part in ([(EVERYWHERE, _scored(results))] if len(groups) > 1 else []) + groups:
        for reference in dict.fromkeys((REFERENCE, *strict_models(part))):
            for strengths, rows in _by_strengths(part):
                if reference in set(rows.model):
                    compared = paired_comparisons(rows, reference)
                    found.append(compared.assign(scenario=scenario, reference=reference, strengths=strengths))
    return pd.concat(found)[COMPARED].reset_index(drop=True) if found else pd.DataFrame(columns=COMPARED)


def _by_strengths(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    broken = rows[rows.strength > 0]
    return [(EVERYWHERE, rows), (BROKEN, broken)] if 0 < len(broken) < len(rows) else [(EVERYWHERE, rows)]


def _scored(results: pd.DataFrame) -> pd.DataFrame:
    """The results of the rows of the leaderboard that have a score over all scenarios."""
    rows = by_kind(select(results, "nrmse"))
    whole = complete(gains(rows))
    return rows[rows.model.isin(whole.index[whole])]


@dataclass(frozen=True)
class Crossover:
    """Where one model overtakes another, on both axes, by how many seeds. Infinite: it is not ahead at the end of the
    axis; the first value: ahead from the start."""

    strength: Interval
    data_error: Interval
    seeds: int


def crossover(results: pd.DataFrame, strict: str, relaxed: str, metric: str = "nrmse") -> Crossover:
    """The smallest symmetry breaking from which on ``relaxed`` is better than ``strict``.

    ``d(eps) = mean over seeds of ln e(strict) - ln e(relaxed)``, linear between strengths; the crossover is the last
    zero with ``d > 0`` ever after. The interval resamples seeds, together for both models; an infinite end says that
    among more than 2.5 % of the resamples the relaxed model never overtakes. Seeds are left out in which either model
    diverged or misses a strength; NaN if that are all.

    Args:
        results: of one setting (:data:`~.long_table.SETTING`).

    Raises:
        ValueError: a model without results, or several settings.
    """
    if len(results.groupby(SETTING)) != 1:
        raise ValueError("expected results of one scenario, history and number of training simulations, got several")
    rows = select(results, metric)
    errors = by_model(rows).replace(math.inf, math.nan).droplevel(SETTING)
    for model in (strict, relaxed):
        if model not in errors:
            raise ValueError(f"expected results of {model}, got those of {', '.join(errors.columns)}")
    gain = np.log(errors[strict] / errors[relaxed]).unstack("seed").dropna(axis=1)
    axes = (gain.index.to_numpy(), rows.groupby("strength").data_error.first().loc[gain.index].to_numpy())
    return Crossover(*(_crossing_interval(axis, gain.to_numpy()) for axis in axes), gain.shape[1])


def _crossing_interval(axis: np.ndarray, gain: Float[np.ndarray, "strengths seeds"]) -> Interval:
    """The crossing of the mean over seeds, and the 95 % interval of those of resampled seeds."""
    if not gain.size:
        return Interval(math.nan, math.nan, math.nan)
    (middle,) = last_crossings(axis, gain.mean(1, keepdims=True))
    if gain.shape[1] < 2:
        return Interval(float(middle), math.nan, math.nan)
    weights, shares = resamples(gain.shape[1])
    (low,), (high,) = tails(last_crossings(axis, gain @ weights.T)[None], shares)
    return Interval(float(middle), float(low), float(high))


def last_crossings(x: Float[np.ndarray, " K"], d: Float[np.ndarray, "K N"]) -> Float[np.ndarray, " N"]:
    """Where the line through ``(x, d)`` turns positive for good: ``x[0]`` if it always is, infinite if never."""
    below = d <= 0
    crossing = np.where(below.any(0), math.inf, x[0])
    (bent,) = np.nonzero(below.any(0) & ~below[-1])
    last = len(x) - 1 - below[::-1, bent].argmax(0)
    before, after = d[last, bent], d[last + 1, bent]
    crossing[bent] = x[last] - before * (x[last + 1] - x[last]) / (after - before)
    return crossing


def crossovers(results: pd.DataFrame) -> pd.DataFrame:
    """The :func:`crossover` of every strict and relaxed model of a setting that has several strengths.

    A plain convnet shares its weights over all places: where translations are the symmetry it is the strict model.

    Returns:
        Columns :data:`CROSSED`.
    """
    found = []
    for setting, part in select(results, "nrmse").groupby(SETTING):
        if part.strength.nunique() > 1:
            pairs = product(strict_models(part), part.model[part.family == "relaxed"].unique())
            found += [[*setting, *pair, *_numbers(crossover(part, *pair))] for pair in pairs]
    return pd.DataFrame(found, columns=CROSSED).dropna(subset="strength", ignore_index=True)


def strict_models(rows: pd.DataFrame) -> list[str]:
    """Those of the family, without those that a method only repeats; and the convnet where translations are the
    symmetry."""
    strict = (rows.family == "strict") & ~rows.model.str.contains("+", regex=False)
    convnet = (rows.model == REFERENCE) & (rows.symmetry == "translation")
    return rows.model[strict | convnet].unique().tolist()


def _numbers(crossing: Crossover) -> list[float | int]:
    return [*vars(crossing.strength).values(), *vars(crossing.data_error).values(), crossing.seeds]
