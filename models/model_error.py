"""The equivariance error of a network under a group."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ..symmetry import probes
from .forecaster import Forecaster
from .probe_fields import probe_environment
from .task import Task, moved_environment


def measurable_groups(task: Task) -> list[str]:
    """Lists the groups that map the task's grid and walls onto themselves, and dilations, which keep the lower wall."""
    (x, y), wall = task.shape, task.boundary[0]
    turns = x == y and wall == task.boundary[1] != "half-open"
    has = {
        "C4": turns,
        "D4": turns,
        "mirror": wall != "half-open",
        "shift-x": wall == "periodic" and x >= 4,
        "dilation": True,
    }
    return [group for group, holds in has.items() if holds]


@torch.no_grad()
def model_error(model: Forecaster, history: Float[Tensor, "B T 2 X Y"], group: str) -> float:
    """Measures ``rms_(x,g) ||f(g x) - g f(x)|| / rms_(x,g) ||g f(x)||`` for one call of the network; 0 if it predicts
    nothing.

    1.41 means that the two orders have nothing in common. Dilations interpolate and lose what leaves the grid, so that
    no network's error under them is exactly zero. An informed network is given an environment, which moves as well.
    """
    told = probe_environment(model, len(history))
    prediction = model(history, *told)
    elements = probes(group, history.shape[-2:])
    expected = torch.stack([element.vector(prediction) for element in elements]).double()
    if not expected.any():
        return 0.0
    moved = [(element.vector(history), *(moved_environment(element, each) for each in told)) for element in elements]
    got = torch.stack([model(*inputs) for inputs in moved])
    return ((got - expected).square().mean() / expected.square().mean()).sqrt().item()
