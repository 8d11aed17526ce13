"""A picture of one rollout: truth, predictions, errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .figures import save
from .storage import Record, load_rollout, load_runs

STEPS = (1, 5, 10, 20)


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
        figure = rollout_figure(folder, sorted(chosen, key=lambda record: record["model"]))
        written += save(figure, target / f"{scenario}-history-{history}-rollout")
    return written


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
    rows, columns = len(rollouts) + 1, 2 * len(steps)
    figure = Figure(figsize=(1.25 * columns + 1.6, 1.3 * rows + 0.9), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for column, step in enumerate(steps):
        image = _show(axes[0, column], target[step - 1], top)
        axes[0, column].set_title(f"step {step}", fontsize=9)
        axes[1, len(steps) + column].set_title(f"error, step {step}", fontsize=9)
        axes[0, len(steps) + column].axis("off")
        for row, rollout in enumerate(rollouts.values(), 1):
            prediction = rollout["prediction"].astype(float)
            _show(axes[row, column], prediction[step - 1], top)
            _show(axes[row, len(steps) + column], prediction[step - 1] - target[step - 1], top)
    for row, name in enumerate(["truth", *rollouts]):
        axes[row, 0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
    figure.colorbar(image, ax=axes, shrink=0.6, pad=0.01, label="speed (cells per frame)")
    record = records[0]
    figure.suptitle(
        f"{record['scenario']} at strength {record['strength']:g}: an unseen simulation, speed and speed of the error",
        fontsize=11,
    )
    return figure


def _speed(velocity: np.ndarray) -> np.ndarray:
    """``|v|`` of ``[..., 2, X, Y]``."""
    return np.hypot(velocity[..., 0, :, :], velocity[..., 1, :, :])


def _show(axes: Axes, velocity: np.ndarray, top: float):
    """Draws the speed with x to the right and y up."""
    axes.set_xticks([])
    axes.set_yticks([])
    return axes.imshow(_speed(velocity).T, origin="lower", vmin=0, vmax=top, cmap="magma")
