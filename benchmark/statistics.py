"""Means with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 2000


@dataclass(frozen=True)
class Interval:
    """A mean and its 95 % interval; both ends are NaN where one value alone tells nothing of the spread."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        if math.isnan(self.low):
            return f"{self.mean:.3g}"
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}]"


def bootstrap(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Mean and percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13) over independent values.

    Resampling is seeded, so that the same values always give the same interval.

    Raises:
        ValueError: no values.
    """
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        raise ValueError("expected at least one value, got none")
    if values.size == 1:
        return Interval(float(values[0]), math.nan, math.nan)
    indices = np.random.default_rng(0).integers(values.size, size=(RESAMPLES, values.size))
    low, high = np.quantile(values[indices].mean(1), [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(values.mean()), float(low), float(high))
