"""The skeleton that all convolutional families share: they differ in their layers alone."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from ..symmetry import PointGroup, point_group
from .layers import Fields
from .task import Task

HIDDEN_LAYERS = 3
OUTPUT_GAIN = {"increment": 0.1, "frame": 1.0}
"""Initial size of the output: an increment starts small, so that a rollout starts near persistence."""


class ConvStack(nn.Module):
    """``L_n gelu(L_(n-1) gelu(... L_1 f))``; pointwise, so that scalar and regular fields keep their symmetry."""

    def __init__(self, *layers: nn.Module):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        fields = self.layers[0](fields)
        for layer in self.layers[1:]:
            fields = layer(gelu(fields))
        return fields


def task_group(task: Task) -> PointGroup:
    """The task's point group, if it maps the box onto itself.

    Raises:
        ValueError: naming the argument of the task that does not fit.
    """
    group = point_group(task.group)
    if any(element.quarter_turns % 2 for element in group.elements):
        if task.shape[0] != task.shape[1]:
            raise ValueError(f"shape: expected a square grid for {group.name}, got {task.shape[0]} x {task.shape[1]}")
        if task.boundary[0] != task.boundary[1]:
            got = " and ".join(task.boundary)
            raise ValueError(f"boundary: expected the same along x and y for {group.name}, got {got}")
    return group


def field_layers(task: Task, width: int) -> list[tuple[Fields, Fields, float]]:
    """Source, target and initial gain of each layer: velocity frames, ``width`` regular fields, one velocity frame."""
    group = task_group(task)
    frames, hidden, frame = (
        Fields(group, "vector", task.history),
        Fields(group, "regular", width),
        Fields(group, "vector", 1),
    )
    first, last = (frames, hidden, 1.0), (hidden, frame, OUTPUT_GAIN[task.predicts])
    return [first, *HIDDEN_LAYERS * [(hidden, hidden, 2**0.5)], last]


def channel_layers(task: Task, width: int) -> list[tuple[int, int, float]]:
    """The same for networks that know no group: ``width`` channels."""
    first, last = (2 * task.history, width, 1.0), (width, 2, OUTPUT_GAIN[task.predicts])
    return [first, *HIDDEN_LAYERS * [(width, width, 2**0.5)], last]
