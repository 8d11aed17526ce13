"""Relaxed steerable networks."""

from __future__ import annotations

from .conv_stack import ChannelForecaster, ConvStack, field_layers
from .layers import RelaxedSteerableConv2d
from .registry import register
from .task import Task

ABOUT = {"family": "relaxed", "source": "Wang et al. 2022 (RSteer)"}
POINT_GROUP = ABOUT | {
    "keeps": "the point group, while the weights are constant over the kernel",
    "breaks": "the point group",
}


@register("rsteer-rotation", symmetry="rotation", **POINT_GROUP)
@register("rsteer-reflection", symmetry="reflection", **POINT_GROUP)
@register(
    "rsteer-scaling",
    symmetry="scaling",
    keeps="scaling, while the weights are constant over the kernel",
    breaks="scaling",
    **ABOUT,
)
class RelaxedSteerableNet(ChannelForecaster):
    """Five relaxed steerable convolutions: equivariant at the start, and where training leaves the weights constant.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 4):
        layers = field_layers(task, width)
        super().__init__(
            task, ConvStack(*(RelaxedSteerableConv2d(source, target, **rest) for source, target, rest in layers))
        )
