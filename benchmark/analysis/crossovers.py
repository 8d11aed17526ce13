"""Where a relaxed model overtakes a strict one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from jaxtyping import Float

from ..aggregation.kinds import strict_models
from ..aggregation.long_table import SETTING, by_model, by_setting, mean_data_error, primary
from ..aggregation.statistics import Interval, logarithm, resamples, tails
from ..aggregation.table import Table, interval_texts

CROSSED = [
    *(*SETTING, "strict", "relaxed"),
    *("strength", "strength_low", "strength_high"),
    *("data_error", "data_error_low", "data_error_high"),
    "seeds",
]


@dataclass(frozen=True)
class Crossover:
    """Holds where one model overtakes another, on both axes, and the number of seeds. Infinite: it is not ahead at the
    end of the axis; the first value of the axis: it is ahead from the start."""

    strength: Interval
    data_error: Interval
    seeds: int


def crossover(results: pd.DataFrame, strict: str, relaxed: str) -> Crossover:
    """Finds the smallest symmetry breaking from which on ``relaxed`` is better than ``strict``.

    ``d(eps) = mean over seeds of ln e(strict) - ln e(relaxed)``, linear between strengths; the crossover is the last
    zero with ``d > 0`` ever after. The interval resamples seeds, together for both models; an infinite end says that
    among more than 2.5 % of the resamples the relaxed model never overtakes. Seeds for which either model
    diverged or lacks a strength are left out; the result is NaN if none remain.

    Args:
        results: results of one setting (:data:`.SETTING`).

    Raises:
        ValueError: a model without results, or several settings.
    """
    if len(results.groupby(SETTING)) != 1:
        raise ValueError("expected results of one scenario, history and number of training simulations, got several")
    rows = primary(results)
    errors = by_model(rows).replace(math.inf, math.nan).droplevel(SETTING)
    for model in (strict, relaxed):
        if model not in errors:
            raise ValueError(f"expected results of {model}, got those of {', '.join(errors.columns)}")
    gain = logarithm(errors.loc[:, strict] / errors.loc[:, relaxed]).unstack("seed").dropna(axis=1)
    strengths = gain.index.to_numpy()
    data_errors = mean_data_error(rows).groupby(rows.strength).first().loc[gain.index].to_numpy()
    strength, data_error = (_crossing_interval(axis, gain.to_numpy()) for axis in (strengths, data_errors))
    return Crossover(strength, data_error, gain.shape[1])


def _crossing_interval(axis: np.ndarray, gain: Float[np.ndarray, "strengths seeds"]) -> Interval:
    """Finds the crossing of the mean over seeds, and the 95 % interval of those of resampled seeds."""
    if not gain.size:
        return Interval(math.nan, math.nan, math.nan)
    (middle,) = last_crossings(axis, gain.mean(1, keepdims=True))
    if gain.shape[1] < 2:
        return Interval(float(middle), math.nan, math.nan)
    weights, shares = resamples(gain.shape[1])
    (low,), (high,) = tails(last_crossings(axis, gain @ weights.T)[None], shares)
    return Interval(float(middle), float(low), float(high))


def last_crossings(x: Float[np.ndarray, " K"], d: Float[np.ndarray, "K N"]) -> Float[np.ndarray, " N"]:
    """Finds where the line through ``(x, d)`` turns positive for good: ``x[0]`` if it always is, infinite if never."""
    below = d <= 0
    crossing = np.where(below.any(0), math.inf, x[0])
    (bent,) = np.nonzero(below.any(0) & ~below[-1])
    last = len(x) - 1 - below[::-1, bent].argmax(0)
    before, after = d[last, bent], d[last + 1, bent]
    crossing[bent] = x[last] - before * (x[last + 1] - x[last]) / (after - before)
    return crossing


def crossovers(results: pd.DataFrame) -> pd.DataFrame:
    """Computes the :func:`crossover` of every strict and relaxed model of a setting that has several strengths.

    A plain convnet shares its weights over all places: where translations are the symmetry it is the strict model.
    Where the asymmetry is hidden, models of the family ``unconstrained`` stand in the column ``relaxed``, too.

    Returns:
        Columns :data:`CROSSED`.
    """
    found = []
    for setting, part in by_setting(primary(results)):
        if part.strength.nunique() > 1:
            pairs = product(strict_models(part), _overtaking(part))
            found += [[*setting, *pair, *_numbers(crossover(part, *pair))] for pair in pairs]
    return pd.DataFrame(found, columns=CROSSED).dropna(subset="strength", ignore_index=True)


def _overtaking(rows: pd.DataFrame) -> list[str]:
    """Lists the relaxed models; where a floor holds strict ones back, those without any symmetry, too."""
    families = ["relaxed", "unconstrained"] if (rows.split == "orbit").all() else ["relaxed"]
    found = rows.model[rows.family.isin(families)].unique()
    return [model for model in found if model not in strict_models(rows)]


def _numbers(crossing: Crossover) -> list[float | int]:
    return [*vars(crossing.strength).values(), *vars(crossing.data_error).values(), crossing.seeds]


def crossing_texts(table: pd.DataFrame, column: str) -> list[str]:
    """Formats crossings with their intervals; an infinite one never happens."""
    return [interval.replace("inf", "never") for interval in interval_texts(table, column)]


def crossover_text(crossed: pd.DataFrame) -> pd.DataFrame:
    """Formats the crossovers, an interval in one column."""
    text = crossed[[*SETTING, "strict", "relaxed"]].astype(str)
    for axis in ("strength", "data_error"):
        text[axis] = crossing_texts(crossed, axis)
    return text.assign(seeds=crossed.seeds.astype(str))


CROSSOVERS = Table(
    name="crossovers",
    title="Where relaxed models overtake strict ones",
    meaning=(
        "The symmetry breaking from which on the relaxed model has the smaller error, as strength and as equivariance "
        "error of the data, with its bootstrap 95 % interval over seeds; the smallest value: ahead from the start; "
        "never: not ahead at the largest strength. Where the asymmetry is hidden, networks without any symmetry are "
        "listed, too."
    ),
    compute=lambda loaded: crossovers(loaded.results),
    format=crossover_text,
    text_columns=("strict", "relaxed"),
)
