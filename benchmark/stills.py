"""A picture of one rollout: truth, predictions, errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
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
        if figure is not None:
            written += save(figure, target / f"{scenario}-history-{history}-rollout")
    return written


def _by_family(records: list[Record]) -> list[Record]:
    by_model = {record["model"]: record for record in records}
    return [by_model[model] for model in styles({name: record["family"] for name, record in by_model.items()})]


def rollout_figure(folder: Path, records: list[Record]) -> Figure | None:
    """Speed of the flow at a few rollout steps: the truth above, then each model beside its error.

    Args:
        folder: results folder of the runs.
        records: runs on one data set; those without a stored rollout are left out, None if all are.
    """
    rollouts = {record["model"]: load_rollout(folder, record["hash"]) for record in records}
    rows = {name: rollout["prediction"].astype(float) for name, rollout in rollouts.items() if rollout}
    if not rows:
        return None
    target = next(rollout["target"] for rollout in rollouts.values() if rollout).astype(float)
    steps = [step for step in STEPS if step <= len(target)]
    top = np.percentile(_speed(target), 99.8)
    names, strips = ["truth", *rows], [_strip(frames, target, steps) for frames in (target, *rows.values())]
    first = records[0]
    figure = Figure(figsize=(2.1 * len(steps) + 2.6, len(names) + 0.9), layout="constrained")
    axes = figure.subplots()
    axes.set_title(f"{first['scenario']} at strength {first['strength']:g}: an unseen simulation", fontsize=11, pad=24)
    height, width = strips[0].shape[0], strips[0].shape[1] / (2 * len(steps))
    image = axes.imshow(np.concatenate(strips[::-1]), origin="lower", vmin=0, vmax=top, cmap="magma")
    axes.set_yticks([(row + 0.5) * height for row in reversed(range(len(names)))], names)
    labels = [f"step {step}" for step in steps] + [f"error {step}" for step in steps]
    axes.set_xticks([(column + 0.5) * width for column in range(len(labels))], labels)
    axes.tick_params(length=0, labelsize=9, top=False, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    figure.colorbar(image, ax=axes, shrink=0.6, pad=0.01, label="speed (cells per frame)")
    return figure


def _speed(velocity: np.ndarray) -> np.ndarray:
    """``|v|`` of ``[..., 2, X, Y]``."""
    return np.hypot(velocity[..., 0, :, :], velocity[..., 1, :, :])


def _strip(frames: np.ndarray, target: np.ndarray, steps: list[int]) -> np.ndarray:
    """Speeds at some steps and those of the errors in a row, x to the right and y up, with a blank edge around each."""
    shown = [frames[step - 1] for step in steps] + [frames[step - 1] - target[step - 1] for step in steps]
    return np.concatenate([np.pad(_speed(velocity).T, 1, constant_values=np.nan) for velocity in shown], 1)
