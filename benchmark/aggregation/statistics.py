"""Means with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
from jaxtyping import Float
from numpy.typing import ArrayLike
from scipy.stats import ttest_1samp

RESAMPLES = 2000
TAILS = (0.025, 0.975)
"""Quantiles of the resampled means between which 95 % of them lie."""
DIGITS = 12
"""Significant digits of numbers in files."""
ROUNDING = 1e-4
"""Largest logarithm of a ratio, or slope, that counts as 0 up to rounding."""

Pandas = TypeVar("Pandas", pd.DataFrame, pd.Series)


@dataclass(frozen=True)
class Interval:
    """Holds a mean and its 95 % interval; both ends are NaN for a single value, which has no spread."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        if math.isnan(self.low):
            return f"{self.mean:.3g}"
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}]"

    def exp(self) -> Interval:
        """Returns the interval of the values, from this one of their logarithms."""
        return Interval(*np.exp([self.mean, self.low, self.high]).tolist())


def logarithm(values: Pandas) -> Pandas:
    """Takes the natural logarithm of a table or column; ``np.log`` returns one too, whatever its annotation says."""
    return cast(Pandas, np.log(values))


@lru_cache
def resamples(count: int) -> tuple[Float[np.ndarray, "R N"], Float[np.ndarray, " R"]]:
    """Returns how much each of ``count`` values weighs in a resample, and the share of resamples with these weights.

    2000 seeded draws with replacement; few values have few different resamples (3 have 10), and each is listed once.
    A mean over resampled values is a product with the weights.
    """
    draws = np.random.default_rng(0).integers(count, size=(RESAMPLES, count))
    places = draws + count * np.arange(RESAMPLES)[:, None]
    counts = np.bincount(places.ravel(), minlength=count * RESAMPLES).reshape(RESAMPLES, count)
    weights, times = np.unique(counts, axis=0, return_counts=True)
    return weights / count, times / RESAMPLES


def tails(
    values: Float[np.ndarray, "rows R"], shares: Float[np.ndarray, " R"]
) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
    """Returns the 2.5 % and 97.5 % quantile of each row: the smallest values below or at which that share lies."""
    order = values.argsort(1)
    cumulated = shares[order].cumsum(1)
    low, high = (
        np.take_along_axis(values, np.take_along_axis(order, (cumulated < tail - 1e-9).sum(1)[:, None], 1), 1)[:, 0]
        for tail in TAILS
    )
    return low, high


def rounded(values: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Rounds to 12 significant digits: the last of 16 depend on the processor, while tables and figures
    should be the same files on all of them."""
    texts = [f"{value:.{DIGITS}g}" for value in values.ravel().tolist()]
    return np.array(texts, dtype=float).reshape(values.shape)


def bootstrap_rows(
    values: Float[np.ndarray, "rows seeds"],
) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
    """Returns mean, lower and upper end of the percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13) of
    the independent values in each row. The ends of a single value are NaN."""
    rows, seeds = values.shape
    if seeds == 1:
        return values[:, 0], np.full(rows, np.nan), np.full(rows, np.nan)
    weights, shares = resamples(seeds)
    return values.mean(1), *tails(values @ weights.T, shares)


def bootstrap(values: ArrayLike) -> Interval:
    """Computes :func:`bootstrap_rows` of one row.

    Raises:
        ValueError: no values.
    """
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        raise ValueError("expected at least one value, got none")
    return Interval(*(float(number[0]) for number in bootstrap_rows(values[None])))


def p_of_mean(values: ArrayLike) -> float:
    """Returns p of the two-sided t test that the mean is 0: NaN for fewer than two values, and where none exceeds
    :data:`ROUNDING`, because a model that repeats another one is not a further hypothesis to test."""
    values = np.asarray(values, dtype=float)
    if len(values) < 2 or (np.abs(values) <= ROUNDING).all():
        return math.nan
    p: Any = ttest_1samp(values, 0)[1]
    return float(p)
