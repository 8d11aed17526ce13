"""How far a network and a group fail to commute."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ..symmetry import Element, probes
from .dilation import dilate, island
from .forecaster import Forecaster
from .task import Task

DILATION = 2**0.5


def measurable_groups(task: Task) -> list[str]:
    """The groups that map the task's grid and walls onto themselves, and dilations away from its walls."""
    square = task.shape[0] == task.shape[1] and task.boundary[0] == task.boundary[1]
    periodic = task.boundary[0] == "periodic" and task.shape[0] >= 4
    return [*(("C4", "D4") if square else ()), "mirror", *(("shift-x",) if periodic else ()), "dilation"]


@torch.no_grad()
def model_error(model: Forecaster, history: Float[Tensor, "B T 2 X Y"], group: str) -> float:
    """``rms_(x,g) ||f(g x) - g f(x)|| / rms_x ||f(x)||`` for one call of the network; 0 if it predicts nothing at all.

    1.41 means that the two orders have nothing in common. Dilations act on an island in the middle of the box, by
    interpolation, so that no network's error is exactly zero.
    """
    if group == "dilation":
        return _dilation_error(model, history * island(history.shape[-2:]).to(history))
    prediction = model(history)
    size = prediction.double().square().mean()
    if size == 0:
        return 0.0
    squares = [_difference(model, history, prediction, element) for element in probes(group, history.shape[-2:])]
    return (torch.stack(squares).mean() / size).sqrt().item()


def _dilation_error(model: Forecaster, history: Tensor) -> float:
    prediction = dilate(model(history), DILATION)
    if not prediction.any():
        return 0.0
    dilated = dilate(history.flatten(1, 2), DILATION).unflatten(1, history.shape[1:3])
    return ((model(dilated) - prediction).square().mean() / prediction.square().mean()).sqrt().item()


def _difference(model: Forecaster, history: Tensor, prediction: Tensor, element: Element) -> Tensor:
    return (model(element.vector(history)) - element.vector(prediction)).double().square().mean()
