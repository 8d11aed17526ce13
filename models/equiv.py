"""Strictly equivariant under a point group."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from .conv_stack import ConvStack, field_layers
from .forecaster import Forecaster
from .layers import SteerableConv2d
from .registry import register
from .task import Task

ABOUT = {
    "family": "strict",
    "keeps": "the point group, exactly",
    "breaks": "none",
    "source": "Weiler & Cesa 2019",
}


@register("equiv-rotation", symmetry="rotation", **ABOUT)
@register("equiv-reflection", symmetry="reflection", **ABOUT)
class SteerableNet(Forecaster):
    """Five steerable convolutions: equivariant under the task's point group, whatever the weights.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 12):
        super().__init__(task)
        layers = field_layers(task, width)
        self.network = ConvStack(*(SteerableConv2d(s, t, boundary=task.boundary, gain=gain) for s, t, gain in layers))

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.network(self.frames_as_channels(history))
