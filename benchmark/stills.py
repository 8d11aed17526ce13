"""A picture of one rollout: truth, predictions, errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .figures import save
from .palette import styles
from .storage import Record, load_rollout, load_runs

STEPS = (1, 5, 10, 15, 20)


def plot_rollouts(folder: Path, target: Path) -> list[Path]:
    """One picture per scenario and history length, of its strongest symmetry breaking and its first seed."""
    runs = [record for record in load_runs(folder) if record["status"] == "done"]
    groups: dict[tuple, list[Record]] = {}
    for record in runs:
        groups.setdefault((record["scenario"], record["config"]["history"]), []).append(record)
    written = []
    for (scenario, history), group in groups.items():
        strength, seed = max(record["strength"] for record in group), min(record["seed"] for record in group)
        chosen = [record for record in group if (record["strength"], record["seed"]) == (strength, seed)]
        figure = rollout_figure(folder, _by_family(chosen))
        written += save(figure, target / f"{scenario}-history-{history}-rollout")
    return written


def _by_family(records: list[Record]) -> list[Record]:
    by_model = {record["model"]: record for record in records}
    return [by_model[model] for model in styles({name: record["family"] for name, record in by_model.items()})]


def rollout_figure(folder: Path, records: list[Record]) -> Figure:
    """Speed of the flow at a few rollout steps: the truth above, then each model beside its error.

    Args:
        folder: results folder of the runs.
        records: runs on one data set, each with a stored rollout of the same window.
    """
    rollouts = {record["model"]: load_rollout(folder, record["hash"]) for record in records}
    target = next(iter(rollouts.values()))["target"].astype(float)
    steps = [step for step in STEPS if step <= len(target)]
    top = np.percentile(_speed(target), 99.8)
    rows = {"truth": target} | {name: rollout["prediction"].astype(float) for name, rollout in rollouts.items()}
    figure = Figure(figsize=(2.1 * len(steps) + 2.6, len(rows) + 0.9), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.02, w_pad=0.02, hspace=0.01, wspace=0.01)
    axes = figure.subplots(len(rows), 2 * len(steps), squeeze=False)
    for row, (name, frames) in enumerate(rows.items()):
        axes[row, 0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
        for column, step in enumerate(steps):
            image = _show(axes[row, column], frames[step - 1], top)
            _show(axes[row, len(steps) + column], frames[step - 1] - target[step - 1], top)
            if row == 0:
                axes[row, column].set_title(f"step {step}", fontsize=9)
                axes[row, len(steps) + column].set_title(f"error {step}", fontsize=9)
    figure.colorbar(image, ax=axes, shrink=0.6, pad=0.01, label="speed (cells per frame)")
    first = records[0]
    figure.suptitle(f"{first['scenario']} at strength {first['strength']:g}: an unseen simulation", fontsize=11)
    return figure


def _speed(velocity: np.ndarray) -> np.ndarray:
    """``|v|`` of ``[..., 2, X, Y]``."""
    return np.hypot(velocity[..., 0, :, :], velocity[..., 1, :, :])


def _show(axes: Axes, velocity: np.ndarray, top: float):
    """Draws the speed with x to the right and y up."""
    axes.set_xticks([])
    axes.set_yticks([])
    return axes.imshow(_speed(velocity).T, origin="lower", vmin=0, vmax=top, cmap="magma")
