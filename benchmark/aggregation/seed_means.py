"""Means and intervals over seeds of every number in a table of results."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .long_table import SETTING, mean_data_error
from .statistics import bootstrap_rows, rounded

LINE = [*SETTING, "metric", "split", "strength", "model"]
"""What the rollout steps of one line have in common."""


def seed_means(results: pd.DataFrame) -> pd.DataFrame:
    """Averages over seeds: one row per step of each :data:`LINE`, numbered steps first, with ``data_error``, the
    mean over seeds where these have data of their own, and, over the seeds whose rollout stayed finite, ``mean, low,
    high``; ``diverged`` is the number of other seeds."""
    order = pd.Series(pd.to_numeric(results.step, errors="coerce")).fillna(np.inf)
    keys = results[[*LINE, "step", "seed"]].assign(order=order, value=results.value.astype(float))
    keys["data_error"] = mean_data_error(results)
    for name in ("scenario", "metric", "split", "model"):
        keys[name] = keys[name].astype("category")
    ordered = keys.sort_values([*LINE, "order", "seed"], kind="stable", ignore_index=True)
    starts = ~ordered.duplicated([*LINE, "order"])
    row = starts.cumsum().to_numpy() - 1
    table = ordered.loc[starts, [*LINE, "step", "data_error"]].reset_index(drop=True)
    values = ordered.value.to_numpy()
    finite = np.isfinite(values)
    seeds = np.bincount(row[finite], minlength=len(table))
    table["diverged"] = np.bincount(row, minlength=len(table)) - seeds
    numbers = np.full((3, len(table)), np.nan)
    for count in np.unique(seeds[seeds > 0]):
        chosen = finite & (seeds[row] == count)
        numbers[:, seeds == count] = bootstrap_rows(values[chosen].reshape(-1, count))
    table[["mean", "low", "high"]] = rounded(numbers.T)
    return table.astype({name: object for name in ("scenario", "metric", "split", "model")})
