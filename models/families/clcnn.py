"""Constrained locally connected networks."""

from __future__ import annotations

from ..conv_stack import ChannelForecaster, ConvStack, channel_layers, field_layers
from ..layers import ScaledLocalConv2d, SmoothLocalConv2d, TurnedLocalConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "relaxed", "source": "Wang et al. 2022 (CLCNN)"}
POINT_GROUP = ABOUT | {"keeps": "the point group, while the kernels are turned copies", "breaks": "all"}


@register(
    "clcnn-translation",
    symmetry="translation",
    keeps="translations where the box is periodic, while the kernels are the same everywhere",
    breaks="translations",
    **ABOUT,
)
class SmoothLocalNet(ChannelForecaster):
    """Applies five locally connected layers that are pulled towards convolutions. Parameters grow with the grid.

    Args:
        width: channels.
    """

    def __init__(self, task: Task, *, width: int = 4):
        plans = channel_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(SmoothLocalConv2d, task.shape) for plan in plans)))


@register("clcnn-rotation", symmetry="rotation", **POINT_GROUP)
@register("clcnn-reflection", symmetry="reflection", **POINT_GROUP)
class TurnedLocalNet(ChannelForecaster):
    """Applies five locally connected layers that are pulled towards equivariance. Parameters grow with the grid.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 1):
        plans = field_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(TurnedLocalConv2d, task.shape) for plan in plans)))


@register(
    "clcnn-scaling",
    symmetry="scaling",
    keeps="scaling, while the kernels are scaled copies",
    breaks="translations, scaling",
    **ABOUT,
)
class ScaledLocalNet(ChannelForecaster):
    """Applies five locally connected layers that are pulled towards scale-equivariance. Parameters grow with the grid.

    Args:
        width: regular fields, each with as many channels as there are factors.
    """

    def __init__(self, task: Task, *, width: int = 1):
        plans = field_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(ScaledLocalConv2d, task.shape) for plan in plans)))
