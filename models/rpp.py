"""Residual pathway prior."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from .conv_stack import ConvStack, field_layers
from .forecaster import Forecaster
from .layers import ResidualPathwayConv2d
from .registry import register
from .task import Task

ABOUT = {
    "family": "relaxed",
    "keeps": "the point group, while the free branch is zero",
    "breaks": "the point group",
    "source": "Finzi et al. 2021",
}


@register("rpp-rotation", symmetry="rotation", **ABOUT)
@register("rpp-reflection", symmetry="reflection", **ABOUT)
class ResidualPathwayNet(Forecaster):
    """Five convolutions, each the sum of a steerable and a free one, with separate priors.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 5):
        super().__init__(task)
        layers = field_layers(task, width)
        self.network = ConvStack(
            *(ResidualPathwayConv2d(s, t, boundary=task.boundary, gain=gain) for s, t, gain in layers)
        )

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.network(self.frames_as_channels(history))
