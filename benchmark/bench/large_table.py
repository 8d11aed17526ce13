"""The time it takes to load, rank and plot a large table of results."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import joblib
import numpy as np
import pandas as pd

from ...datasets.measure import STEPS
from ..aggregation.loaded import load
from ..figures.folder import plot_folder
from ..grids.presets import revealed
from ..records.records import DataErrors, LearningCurves, MetricRow, RunRecord, save_run
from ..runs.execute import identity
from ..tables.leaderboard import write_leaderboard

ROWS = 100_000
REPEATS = 3
COLUMNS = ("what", "rows", "seconds", "cpu_seconds")
SCORED = ("rmse", "nrmse", "skill", "vrmse", "spectrum_error")
FAMILIES = {"persistence": "baseline", "linear": "baseline", "equiv": "strict"}
UNCONSTRAINED = ("mlp", "convnet")


def bench_results(rows: int = ROWS, repeats: int = REPEATS) -> pd.DataFrame:
    """Measures seconds for a results folder of at least ``rows`` rows of made-up numbers, the shortest of some repeats:
    ``load`` its records into a table, ``rank`` the models and write the leaderboard, ``plot`` its figures.

    Returns:
        Columns ``what, rows, seconds, cpu_seconds``.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for record in made_up_records(rows):
            save_run(folder, record, {}, {})
        loaded = load(folder)
        steps = {
            "load": lambda: load(folder),
            "rank": lambda: write_leaderboard(loaded),
            "plot": lambda: plot_folder(loaded, workers=joblib.cpu_count()),
        }
        times = {what: np.min([_times(step) for _ in range(repeats)], axis=0) for what, step in steps.items()}
    times["all"] = sum(times.values())
    return pd.DataFrame([(what, len(loaded.results), *pair) for what, pair in times.items()], columns=list(COLUMNS))


def made_up_records(rows: int) -> Iterator[RunRecord]:
    """Makes up runs of the preset ``revealed``, with as many seeds as needed, and metrics drawn at random."""
    draw, made = np.random.default_rng(0), 0
    seeds = 1 + rows // (len(_metrics(draw, 15, 1.0)) * len(replace(revealed(), seeds=(0,)).runs()))
    for config in replace(revealed(), seeds=tuple(range(seeds))).runs():
        if made >= rows:
            return
        metrics = _metrics(draw, config.evaluation.steps, 0.1 + config.recipe.strength)
        made += len(metrics)
        kind = config.model.partition("-")[0].partition("+")[0]
        yield replace(
            identity(config),
            status="done",
            family=FAMILIES.get(kind, "unconstrained" if kind in UNCONSTRAINED else "relaxed"),
            data=DataErrors(hash=config.recipe.hash, equivariance_error={"10": config.recipe.strength}),
            n_parameters=10_000,
            train_seconds=60.0,
            curves=LearningCurves(train_loss=(), valid_rmse=tuple(draw.lognormal(size=24).tolist()), best_epoch=0),
            metrics=metrics,
        )


def _metrics(draw: np.random.Generator, steps: int, scale: float) -> list[MetricRow]:
    """Draws every metric that a run has, around ``scale``."""
    places = [
        (split, metric, step) for split in ("future", "domain") for metric in SCORED for step in range(1, 1 + steps)
    ]
    places += [(split, metric, "mean") for split in ("future", "domain") for metric in (*SCORED, "valid_steps")]
    places += [("domain", "equivariance_error", step) for step in STEPS]
    values = scale * draw.lognormal(sigma=0.3, size=len(places))
    return [
        MetricRow(split, metric, step, float(value))
        for (split, metric, step), value in zip(places, values, strict=True)
    ]


def _times(step: Callable[[], object]) -> tuple[float, float]:
    """Measures wall-clock seconds, and CPU seconds of this process."""
    start, cpu = perf_counter(), process_time()
    step()
    return perf_counter() - start, process_time() - cpu
