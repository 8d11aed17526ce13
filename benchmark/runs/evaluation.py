"""Scores a trained model: errors per rollout step, and its own equivariance error."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ...datasets import DataSet, Windows
from ...datasets.measure import STEPS, measured_chunks, start_frames
from ...datasets.recipes import orbit_elements
from ...models import kernels_built_once
from ...symmetry import Element, equivariance_error, probes
from ..records.configuration import Evaluation
from ..records.records import MetricRow
from .metrics import pool, pool_orbits, relative_l2
from .rollout import Rollout

SPLITS = ("future", "domain")
REVEALED_AFTER = 5
"""Frames between the onset and the end of a history of the split ``revealed``."""
SINCE_ONSET = {f"revealed {frames}": frames for frames in (1, 2, 3, 10)}
"""Splits like ``revealed`` after other numbers of frames, scored by the relative L2 alone, where the data are long
enough."""
MOVED_BY = "orbit "
"""What names of parts of the split ``orbit`` begin with, followed by the element that has moved them."""
BATCH = 32


@torch.no_grad()
def predict(rollout: Rollout, windows: Tensor, steps: int, environment: Tensor | None = None) -> Tensor:
    """Predicts ``steps`` frames from windows ``[B, T + N, 2, X, Y]`` in units of the rms velocity, batch by batch.

    The model is given copies of the histories: nothing that leads to the targets, or that it could change.

    Args:
        environment: ``[B, E, X, Y]`` for informed models.
    """
    history = windows[:, : rollout.task.history].clone()
    batches = history.split(BATCH)
    told = [None] * len(batches) if environment is None else environment.split(BATCH)
    with kernels_built_once(rollout.model):
        return torch.cat([rollout(batch, steps, each) for batch, each in zip(batches, told, strict=True)])


def evaluate(rollout: Rollout, data: DataSet, config: Evaluation, device: torch.device) -> list[MetricRow]:
    """Computes every metric of :mod:`.metrics` on Future and Domain, in physical units, the equivariance error, and how
    far the weights are from the symmetry, where that can be measured."""
    rollout.eval()
    rows = []
    for split, (windows, stride) in scored_windows(data, rollout.task.history, config).items():
        prediction, target, last = _predicted(rollout, windows, stride, data.velocity_rms, device)
        if split == "orbit":
            floor = [torch.tensor(data.floor[name][: config.steps]) for name in ("rmse", "relative_l2")]
            elements = orbit_elements(data.recipe)
            metrics = pool_orbits(prediction, target, len(elements), *floor)
            rows += _by_element(prediction, target, elements)
        else:
            metrics = pool(prediction, target, last)
        for metric, values in metrics.items():
            steps = [*range(1, len(values)), "mean"]
            rows += [_row(split, metric, step, value) for step, value in zip(steps, values, strict=True)]
    return (
        rows + _since_onset(rollout, data, config, device) + _equivariance(rollout, data, device) + _relaxation(rollout)
    )


def scored_windows(data: DataSet, history: int, config: Evaluation) -> dict[str, tuple[Windows, int]]:
    """Lists the windows to score by split, and the distance between scored windows.

    Where the asymmetry has an onset, histories of *Domain* and *Orbit* end there, where nothing reveals it; those of
    *Revealed* are of the same simulations as *Domain* and end a few frames later.
    """
    options = {"history": history, "horizon": config.steps}
    if data.recipe.onset is None:
        return {split: (data.windows(split, **options), config.stride) for split in SPLITS}
    hidden, revealed = range(1), range(REVEALED_AFTER, REVEALED_AFTER + 1)
    scored = {
        "future": (data.windows("future", **options), config.stride),
        "domain": (data.windows("domain", **options, after_onset=hidden), 1),
        "revealed": (data.windows("domain", **options, after_onset=revealed), 1),
    }
    return scored | ({"orbit": (data.windows("orbit", **options, after_onset=hidden), 1)} if data.floor else {})


def _by_element(prediction: Tensor, target: Tensor, elements: Sequence[Element]) -> list[MetricRow]:
    """Computes the relative L2 of the orbits' members of each element: where on the orbit a wrong symmetry costs."""
    errors = relative_l2(prediction, target).double().mean(1).view(-1, len(elements)).mean(0)
    return [
        _row(f"{MOVED_BY}{element}", "relative_l2", "mean", error)
        for element, error in zip(elements, errors.tolist(), strict=True)
    ]


def _since_onset(rollout: Rollout, data: DataSet, config: Evaluation, device: torch.device) -> list[MetricRow]:
    """Computes the relative L2 on unseen simulations as states reveal the asymmetry, see :data:`SINCE_ONSET`."""
    onset, rows = data.recipe.onset, []
    for split, frames in SINCE_ONSET.items():
        if onset is not None and onset + frames + config.steps < data.recipe.frames:
            after = range(frames, frames + 1)
            windows = data.windows("domain", history=rollout.task.history, horizon=config.steps, after_onset=after)
            prediction, target, _ = _predicted(rollout, windows, 1, data.velocity_rms, device)
            rows.append(_row(split, "relative_l2", "mean", relative_l2(prediction, target).double().mean().item()))
    return rows


def _predicted(
    rollout: Rollout, windows: Windows, stride: int, scale: float, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns predictions, targets and the last frames that the model saw, in physical units."""
    chosen, history = torch.arange(0, len(windows), stride), rollout.task.history
    frames, told = (windows.batch(chosen) / scale).to(device), windows.environments(chosen)
    prediction = predict(rollout, frames, windows.horizon, None if told is None else told.to(device))
    target, last = frames[:, history:], frames[:, history - 1]
    prediction, target, last = (field.cpu() * scale for field in (prediction, target, last))
    return prediction, target, last


def _row(split: str, metric: str, step: int | str, value: float) -> MetricRow:
    return MetricRow(split, metric, step, value if math.isfinite(value) else None)


def histories(data: DataSet, length: int) -> list[Tensor]:
    """Reads ``[N, T, 2, X, Y]``, the frames up to each state from which the error of the data is measured, in the same
    simulations; where a history would begin before the first stored frame, it begins there."""
    simulations = measured_chunks(data.recipe)[-1].last
    frames = data.velocity("domain")[:simulations]
    starts = start_frames(data.recipe, max(n for n in STEPS if n < data.recipe.frames))
    return [frames[:, first : first + length] for first in (max(start - length + 1, 0) for start in starts)]


@torch.no_grad()
def _equivariance(rollout: Rollout, data: DataSet, device: torch.device) -> list[MetricRow]:
    """Applies the formula by which the data are measured, with the model as ``F``, to the same states; returns no rows
    for a model that predicts no change, nor for an informed one, whose environment would have to stay as it is."""
    if rollout.model.informed:
        return []
    history = torch.cat(histories(data, rollout.task.history)).to(device) / data.velocity_rms

    def act(element: Element, state: Tensor) -> Tensor:
        return element.vector(state)

    def evolve(state: Tensor) -> Tensor:
        return predict(rollout, state, STEPS[-1])

    if torch.equal(evolve(history[:1])[:, -1], history[:1, -1]):
        return []
    elements = probes(rollout.task.group, rollout.task.shape)
    errors = equivariance_error(evolve, act, history, history[:, -1], elements)
    return [_row("domain", "equivariance_error", n, errors[n - 1].item()) for n in STEPS]


def _relaxation(rollout: Rollout) -> list[MetricRow]:
    """Measures how far the model's weights are from the symmetry, which needs no data: the split is ``weights``."""
    relaxation = rollout.model.learned_relaxation()
    return [] if relaxation is None else [_row("weights", "relaxation", "mean", relaxation)]
