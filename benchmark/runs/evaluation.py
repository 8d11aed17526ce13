"""Scores a trained model: errors per rollout step, and its own equivariance error."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ...datasets import DataSet, Windows
from ...datasets.measure import STEPS, measured_chunks, start_frames
from ...models import kernels_built_once
from ...symmetry import Element, equivariance_error, probes
from .configuration import Evaluation
from .metrics import pool
from .records import MetricRow
from .rollout import Rollout

SPLITS = ("future", "domain")
BATCH = 32


@torch.no_grad()
def predict(rollout: Rollout, windows: Tensor, steps: int) -> Tensor:
    """Predicts ``steps`` frames from windows ``[B, T + N, 2, X, Y]`` in units of the rms velocity, batch by batch."""
    history = windows[:, : rollout.task.history]
    with kernels_built_once(rollout.model):
        return torch.cat([rollout(batch, steps) for batch in history.split(BATCH)])


def evaluate(rollout: Rollout, data: DataSet, config: Evaluation, device: torch.device) -> list[MetricRow]:
    """Computes every metric of :mod:`.metrics` on Future and Domain, in physical units, the equivariance error, and how
    far the weights are from the symmetry, where they tell."""
    rollout.eval()
    rows = []
    for split in SPLITS:
        windows = data.windows(split, history=rollout.task.history, horizon=config.steps)
        frames = _strided(windows, config.stride, data.velocity_rms, device)
        prediction = predict(rollout, frames, config.steps)
        target, last = frames[:, rollout.task.history :], frames[:, rollout.task.history - 1]
        physical = [field.cpu() * data.velocity_rms for field in (prediction, target, last)]
        for metric, values in pool(*physical).items():
            steps = [*range(1, len(values)), "mean"]
            rows += [_row(split, metric, step, value) for step, value in zip(steps, values, strict=True)]
    return rows + _equivariance(rollout, data, device) + _relaxation(rollout)


def _strided(windows: Windows, stride: int, scale: float, device: torch.device) -> Tensor:
    return (windows.batch(torch.arange(0, len(windows), stride)) / scale).to(device)


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
    """Applies the formula by which the data are measured, with the model as ``F``, to the same states; gives no rows
    for a model that predicts no change."""
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
    """Asks the model how far its weights are from the symmetry; that needs no data, so its split is ``weights``."""
    relaxation = rollout.model.learned_relaxation()
    return [] if relaxation is None else [_row("weights", "relaxation", "mean", relaxation)]
