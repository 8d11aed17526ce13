"""Relaxed steerable network."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from .conv_stack import ConvStack, field_layers
from .forecaster import Forecaster
from .layers import RelaxedSteerableConv2d
from .registry import register
from .task import Task

ABOUT = {
    "family": "relaxed",
    "keeps": "the point group, while the weights are constant over the kernel",
    "breaks": "the point group",
    "source": "Wang et al. 2022 (RSteer)",
}


@register("rsteer-rotation", symmetry="rotation", **ABOUT)
@register("rsteer-reflection", symmetry="reflection", **ABOUT)
class RelaxedSteerableNet(Forecaster):
    """Five relaxed steerable convolutions: equivariant at the start, and where training leaves the weights constant.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 4):
        super().__init__(task)
        layers = field_layers(task, width)
        self.network = ConvStack(
            *(RelaxedSteerableConv2d(s, t, boundary=task.boundary, gain=gain) for s, t, gain in layers)
        )

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.network(self.frames_as_channels(history))
