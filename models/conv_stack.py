"""The stack of layers that all convolutional families share: they differ in their layers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from ..symmetry import PointGroup, point_group
from .forecaster import Forecaster
from .layers import C8, DILATIONS, Fields, ScaleGroup
from .layers.fields import Turns
from .task import Task

HIDDEN_LAYERS = 3
SCALE_KERNEL_SIZE = 5
OUTPUT_GAIN = {"increment": 0.1, "frame": 1.0}
"""Initial size of the output: an increment starts small, so that a rollout starts near persistence."""


class ConvStack(nn.Module):
    """Computes ``L_n gelu(L_(n-1) gelu(... L_1 f))``; scalar and regular fields keep their symmetry."""

    def __init__(self, *layers: nn.Module):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        fields = self.layers[0](fields)
        for layer in self.layers[1:]:
            fields = layer(gelu(fields))
        return fields


class ChannelForecaster(Forecaster):
    """Forecasts with a network that maps channels ``[B, 2T, X, Y]`` to ``[B, 2, X, Y]``."""

    def __init__(self, task: Task, network: nn.Module):
        super().__init__(task)
        self.network = network

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.network(self.frames_as_channels(history))


def task_group(task: Task) -> PointGroup | ScaleGroup:
    """Returns the task's point group, or dilations.

    On a grid of unequal sides a network that shares its weights over quarter turns still commutes with half turns.

    Raises:
        ValueError: naming the argument of the task that does not fit.
    """
    if task.group == DILATIONS.name:
        return DILATIONS
    group = point_group(task.group)
    if any(element.quarter_turns % 2 for element in group.elements) and task.boundary[0] != task.boundary[1]:
        got = " and ".join(task.boundary)
        raise ValueError(f"boundary: expected the same along x and y for {group.name}, got {got}")
    return group


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """Holds what every family's layer at one place of the stack has in common.

    Attributes:
        source, target: fields, or numbers of channels.
        kernel_size: odd.
        boundary: kind of wall along x and y.
        gain: size of what the layer starts with.
    """

    source: Fields | int
    target: Fields | int
    kernel_size: int
    boundary: tuple[str, str]
    gain: float

    def build(self, layer: Callable[..., nn.Module], *arguments: Any, **options: Any) -> nn.Module:
        """Builds a layer, with arguments of its own after source and target, and options that it alone has."""
        shared = {"kernel_size": self.kernel_size, "boundary": self.boundary, "gain": self.gain}
        return layer(self.source, self.target, *arguments, **shared | options)

    def mixed(self, layer: Callable[..., nn.Module], banks: int) -> list[nn.Module]:
        """Builds several of these layers, whose mean starts with the size that one has."""
        return [self.build(layer, gain=self.gain * banks**0.5) for _ in range(banks)]

    def between_channels(self) -> LayerPlan:
        """Plans a plain 3 x 3 convolution between the channels of these fields."""
        source, target = (fields.channels for fields in (self.source, self.target))
        return replace(self, source=source, target=target, kernel_size=3)


def field_layers(task: Task, width: int) -> list[LayerPlan]:
    """Plans five layers between fields of the task's group: velocity frames, ``width`` regular fields, one velocity
    frame."""
    return field_layers_of(task_group(task), task, width)


def field_layers_of(group: Turns | ScaleGroup, task: Task, width: int) -> list[LayerPlan]:
    """Plans as :func:`field_layers`, for a group that need not be the task's."""
    frames, hidden, frame = (
        Fields(group, "vector", task.history),
        Fields(group, "regular", width),
        Fields(group, "vector", 1),
    )
    kernel_size = SCALE_KERNEL_SIZE if isinstance(group, ScaleGroup) else 3
    return _plans(task, frames, hidden, frame, kernel_size)


def eighth_turn_layers(task: Task, width: int) -> list[LayerPlan]:
    """Plans as :func:`field_layers`, for eighth turns, on a box that quarter turns map onto itself."""
    task_group(task)
    return field_layers_of(C8, task, width)


def channel_layers(task: Task, width: int) -> list[LayerPlan]:
    """Plans as :func:`field_layers`, for networks that know no group: ``width`` channels."""
    return _plans(task, 2 * task.history, width, 2, 3)


def _plans(
    task: Task, first: Fields | int, hidden: Fields | int, last: Fields | int, kernel_size: int
) -> list[LayerPlan]:
    def plan(source: Fields | int, target: Fields | int, gain: float) -> LayerPlan:
        return LayerPlan(source=source, target=target, kernel_size=kernel_size, boundary=task.boundary, gain=gain)

    return [
        plan(first, hidden, 1.0),
        *(plan(hidden, hidden, 2**0.5) for _ in range(HIDDEN_LAYERS)),
        plan(hidden, last, OUTPUT_GAIN[task.predicts]),
    ]
