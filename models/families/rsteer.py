"""Relaxed steerable networks."""

from __future__ import annotations

from ..conv_stack import ChannelForecaster, ConvStack, eighth_turn_layers, field_layers
from ..layers import RelaxedSteerableConv2d
from ..registry import register
from ..task import Task

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
    """Applies five relaxed steerable convolutions: equivariant at the start and while the weights stay constant.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 4):
        plans = field_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(RelaxedSteerableConv2d) for plan in plans)))


@register(
    "rsteer8-rotation",
    symmetry="rotation",
    keeps="quarter turns, and eighth turns as far as the grid resolves them, while the weights are constant",
    breaks="the point group",
    **ABOUT,
)
class RelaxedEighthTurnNet(ChannelForecaster):
    """Applies five relaxed steerable convolutions of eighth turns.

    Args:
        width: regular fields, each with eight channels.
    """

    def __init__(self, task: Task, *, width: int = 3):
        plans = eighth_turn_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(RelaxedSteerableConv2d) for plan in plans)))
