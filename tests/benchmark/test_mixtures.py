"""Any mixture of runs that finished, diverged and failed, with any numbers, makes every table, figure and page."""

import math
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from symbreak.benchmark.aggregation.loaded import LoadedResults, load
from symbreak.benchmark.aggregation.long_table import table_of
from symbreak.benchmark.figures.folder import plot_folder
from symbreak.benchmark.records.records import MetricRow, RunRecord, save_run
from symbreak.benchmark.report import write_report
from symbreak.benchmark.runs.evaluation import MOVED_BY, SINCE_ONSET
from symbreak.benchmark.tables.leaderboard import write_leaderboard
from symbreak.benchmark.tables.terminal import rich_table

from .made_up import failed, made_up

FAMILIES = {
    "persistence": "baseline",
    "convnet": "unconstrained",
    "equiv-rotation": "strict",
    "rpp-rotation": "relaxed",
    "informed-rotation": "informed",
}
SCENARIOS = ("rotation-buoyancy", "rotation-buoyancy-onset")
STEPS = 3
NUMBERS = {
    "ordinary": (0.1, 0.5, 1.0),
    "none": (None,),
    "zero": (0.0,),
    "huge": (1e30, 1e300, 1.7e308),
    "tiny": (1e-30, 1e-300, 5e-324),
    "all": (0.3, 1.0, None, 0.0, 1e-300, 1e308),
}
"""What a metric may be; None where it was not finite."""
VELOCITIES = {"ordinary": 1.0, "zero": 0.0, "huge": 1e37, "tiny": 1e-30, "none": math.nan, "all": math.inf}
FATES = ("done", "diverged", "failed")


def places(onset: bool) -> list[tuple[str, str, int | str]]:
    """Where a run of this kind has numbers."""
    splits = ("future", "domain", *(("revealed",) if onset else ()))
    found = [
        (split, metric, step) for split in splits for metric in ("nrmse", "rmse", "relative_l2") for step in steps()
    ]
    found += [("domain", "equivariance_error", step) for step in (1, 5, 10, 20)]
    found += [("weights", "relaxation", "mean")]
    if onset:
        metrics = ("rmse", "relative_l2", "excess", "floor", "floor_relative_l2")
        found += [("orbit", metric, step) for metric in metrics for step in steps()]
        found += [(split, "relative_l2", "mean") for split in (*SINCE_ONSET, f"{MOVED_BY}1 turn", f"{MOVED_BY}2 turns")]
    return found


def steps() -> list[int | str]:
    return [*range(1, STEPS + 1), "mean"]


def run(draw: np.random.Generator, numbers: str, fates: tuple[str, ...], **labels) -> RunRecord:
    """Draws how a run ends, and its numbers."""

    def drawn():
        return NUMBERS[numbers][draw.integers(len(NUMBERS[numbers]))]

    fate = fates[draw.integers(len(fates))]
    if fate == "failed":
        return failed(**labels)
    errors = {str(step): drawn() for step in (1, 5, 10, 20)}
    epochs = draw.integers(4)
    losses = [1.0 if (value := drawn()) is None else value for _ in range(epochs)]
    done = made_up(
        **labels,
        family=FAMILIES[labels["model"]],
        errors=errors,
        curves={"train_loss": losses, "valid_rmse": losses, "best_epoch": 0},
        train_seconds=1.0 if (value := drawn()) is None else value,
        metrics=[MetricRow(*place, drawn())._asdict() for place in places(labels["scenario"].endswith("onset"))],
    )
    unknown = dict.fromkeys(("train_seconds", "curves", "metrics"))
    return done if fate == "done" else replace(done, status="failed", reason="NaN", diverged=True, **unknown)


def rollout(draw: np.random.Generator, numbers: str) -> dict[str, np.ndarray]:
    scale = np.float32(VELOCITIES[numbers])
    flows = draw.normal(size=(2, STEPS, 2, 5, 7)).astype(np.float32)
    if numbers == "all":
        flows[draw.random(flows.shape) < 0.1] = scale
    else:
        flows = flows * scale
    return {"prediction": flows[0], "target": flows[1]}


def mixture(folder: Path, seed: int, numbers: str, fates: tuple[str, ...]) -> LoadedResults | None:
    """Writes a results folder of some scenarios, strengths, seeds and models, each there or not."""
    draw = np.random.default_rng(seed)
    models = [model for model in FAMILIES if draw.random() < 0.5] or ["persistence"]
    shown = SCENARIOS[draw.integers(2) :] if draw.random() < 0.5 else SCENARIOS[:1]
    strengths, seeds = (0.0, 0.5, 1.0)[: draw.integers(1, 4)], range(draw.integers(1, 4))
    for scenario in shown:
        for strength in strengths:
            for model in models:
                for number in seeds:
                    labels = {"scenario": scenario, "strength": strength, "model": model, "seed": int(number)}
                    made = run(draw, numbers, fates, **labels)
                    save_run(folder, made, {}, rollout(draw, numbers) if made.done and draw.random() < 0.8 else {})


def everything(folder: Path) -> None:
    loaded = load(folder)
    with warnings.catch_warnings(action="error"):
        with Console(file=(folder / "terminal").open("w", encoding="utf-8"), width=40) as console:
            console.print(rich_table(write_leaderboard(loaded), "mixture"))
        write_report(loaded)
        plot_folder(loaded)
