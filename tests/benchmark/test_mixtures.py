"""Any mixture of runs that finished, diverged and failed, with any numbers, makes every table, figure and page."""

import math
import warnings
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from symbreak.benchmark.aggregation.loaded import load
from symbreak.benchmark.figures.folder import plot_folder
from symbreak.benchmark.records.records import MetricRow, RunRecord, load_runs, save_run
from symbreak.benchmark.report import write_report
from symbreak.benchmark.runs.evaluation import MOVED_BY, SINCE_ONSET
from symbreak.benchmark.style import drawing
from symbreak.benchmark.tables.leaderboard import write_leaderboard
from symbreak.benchmark.tables.quote import quote
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


def mixture(folder: Path, seed: int, numbers: str, fates: tuple[str, ...]) -> None:
    """Writes a results folder of some scenarios, strengths, seeds and models, each there or not."""
    draw = np.random.default_rng(seed)
    models = [model for model in FAMILIES if draw.random() < 0.5] or ["persistence"]
    shown = SCENARIOS[: draw.integers(1, 3)] if draw.random() < 0.5 else SCENARIOS[1:]
    strengths, seeds = (0.0, 0.5, 1.0)[: draw.integers(1, 4)], range(draw.integers(1, 4))
    for scenario, strength, model, number in product(shown, strengths, models, seeds):
        made = run(draw, numbers, fates, scenario=scenario, strength=strength, model=model, seed=number)
        save_run(folder, made, {}, rollout(draw, numbers) if made.done and draw.random() < 0.8 else {})


def everything(folder: Path) -> None:
    """Makes all tables, the page and all figures, any warning of which is an error; tables and page name each model."""
    loaded = load(folder)
    with warnings.catch_warnings(action="error"):
        with Console(file=(folder / "terminal").open("w", encoding="utf-8"), width=40) as console:
            console.print(rich_table(write_leaderboard(loaded), "mixture"))
        write_report(loaded)
        plot_folder(loaded)
    for name in ("leaderboard.md", "report.html"):
        text = (folder / name).read_text("utf-8")
        assert all(model in text for model in loaded.results.model.unique()), name


@pytest.fixture(autouse=True)
def coarse_figures(monkeypatch):
    monkeypatch.setattr(drawing, "FORMATS", {".png": {"dpi": 30}})


@pytest.mark.parametrize("numbers", NUMBERS)
def test_any_mixture_is_shown(tmp_path, numbers):
    mixture(tmp_path, 21 + list(NUMBERS).index(numbers), numbers, FATES)
    everything(tmp_path)


@pytest.mark.parametrize("seed", range(3))
def test_runs_that_all_diverged_are_shown(tmp_path, seed):
    mixture(tmp_path, seed, "ordinary", ("diverged",))
    everything(tmp_path)
    (tmp_path / "page.md").write_text(f"<!-- from {tmp_path}/leaderboard.md -->\n<!-- end -->\n", encoding="utf-8")
    assert quote(tmp_path / "page.md") == [f"{tmp_path}/leaderboard.md"]
    assert "diverged" in (tmp_path / "page.md").read_text("utf-8")


def test_runs_that_all_failed_are_named(tmp_path):
    """Nothing can be ranked or drawn; one line gives some of the reasons."""
    for seed in range(9):
        save_run(tmp_path, replace(failed(seed=seed), reason=f"reason {seed}"), {}, {})
    reasons = "reason 0; reason 1; reason 2; and 6 other reasons"
    for show in (write_leaderboard, write_report, plot_folder):
        with pytest.raises(ValueError, match=f"^expected a finished run in .*, got 9 that failed: {reasons}$"):
            show(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_every_mixture_is_shown(tmp_path, seed):
    numbers = list(NUMBERS)[seed % len(NUMBERS)]
    mixture(tmp_path, seed, numbers, FATES[: 1 + seed // len(NUMBERS) % len(FATES)])
    if any(record.counts for record in load_runs(tmp_path)):
        everything(tmp_path)


def test_a_perfect_forecast_leads_and_its_error_has_a_ratio(tmp_path):
    """An error of 0 counts as 1e-12: the convnet's of 1 is 1e12 times as large."""
    for model, value in (("convnet", 1.0), ("rpp-rotation", 0.0)):
        row = {"split": "domain", "metric": "nrmse", "step": "mean", "value": value}
        save_run(tmp_path, made_up(model=model, metrics=[row]), {}, {})
    table = write_leaderboard(tmp_path)
    assert table.model.tolist() == ["rpp-rotation", "convnet"] and table.score.tolist() == pytest.approx([1e12, 1])
