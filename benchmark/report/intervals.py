"""Bootstrap intervals of many means at once."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from ..statistics import RESAMPLES

CHUNK = 2048
"""Rows whose resampled means are in memory together."""


def bootstrap_rows(
    values: Float[np.ndarray, "cells seeds"], confidence: float = 0.95
) -> tuple[Float[np.ndarray, " cells"], Float[np.ndarray, " cells"], Float[np.ndarray, " cells"]]:
    """Mean, lower and upper end of :func:`..statistics.bootstrap` for each row, of the same resamples.

    Which values a resample holds is the same for every row, so that all its means are one product with a matrix of
    how often each value was drawn. One value alone has ends that are NaN.
    """
    cells, seeds = values.shape
    if seeds == 1:
        return values[:, 0], np.full(cells, np.nan), np.full(cells, np.nan)
    indices = np.random.default_rng(0).integers(seeds, size=(RESAMPLES, seeds))
    weights = (indices[:, :, None] == np.arange(seeds)).mean(1)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    ends = [np.quantile(values[row : row + CHUNK] @ weights.T, tails, axis=1) for row in range(0, cells, CHUNK)]
    low, high = np.concatenate(ends, axis=1) if ends else np.empty((2, 0))
    return values.mean(1), low, high
