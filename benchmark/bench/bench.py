"""Measures the speed of one part of the benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from ...models.bench import BenchSettings, bench_train
from ...simulators.bench import bench_simulate
from ..runs.execute import choose_device, reproducible
from .large_table import bench_results

Part = Literal["simulate", "train", "results"]
BATCHES = {"cpu": (8, 40), "cuda": (8, 40, 400)}


def measure_speed(
    part: Part, models: Sequence[str] = (), batch: int = 8, rollout: int = 6, device: str = "auto"
) -> pd.DataFrame:
    """Measures the speed of simulation, of training, or of tables and figures.

    Args:
        part: ``simulate``: a simulation-step against resolution and batch, beside PhiFlow's own loop; ``train``: a
            training step of each model on one thread, as runs train, beside a bare stack of convolutions; ``results``:
            loading, ranking and plotting 100,000 rows.
        models: names of the models to train.
        batch: windows per optimisation step of training.
        rollout: autoregressive steps in its loss.
        device: ``auto``, ``cpu`` or ``cuda``.

    Returns:
        A row for each measurement.

    Raises:
        ValueError: an unknown device, part or model.
    """
    where = choose_device(device)
    if part == "simulate":
        return bench_simulate(batches=BATCHES[where.type], device=where.type)
    if part == "train":
        settings = BenchSettings(batch=batch, rollout=rollout, device=where)
        return reproducible()(bench_train)(list(models), settings)
    if part == "results":
        return bench_results()
    raise ValueError(f"expected one of simulate, train, results, got {part!r}")
