"""Relaxed group convolution network."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from .conv_stack import ConvStack, field_layers
from .forecaster import Forecaster
from .layers import RelaxedGroupConv2d
from .registry import register
from .task import Task

ABOUT = {
    "family": "relaxed",
    "keeps": "the point group, while the weights are constant over it",
    "breaks": "the point group",
    "source": "Wang et al. 2022 (RGroup)",
}


@register("rgroup-rotation", symmetry="rotation", **ABOUT)
@register("rgroup-reflection", symmetry="reflection", **ABOUT)
class RelaxedGroupNet(Forecaster):
    """Lifting, three group convolutions and projection, all relaxed: equivariant at the start.

    Args:
        width: regular fields, each with as many channels as the group has elements.
        weights_on: the group element that the weights of the group convolutions depend on, see
            :class:`~symbreak.models.layers.RelaxedGroupConv2d`.
    """

    def __init__(self, task: Task, *, width: int = 8, weights_on: str = "input"):
        super().__init__(task)
        first, *hidden, last = field_layers(task, width)
        sides = [(first, "output"), *((layer, weights_on) for layer in hidden), (last, "input")]
        self.network = ConvStack(
            *(
                RelaxedGroupConv2d(source, target, weights_on=side, boundary=task.boundary, gain=gain)
                for (source, target, gain), side in sides
            )
        )

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.network(self.frames_as_channels(history))
