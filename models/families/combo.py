"""Unconstrained layers followed by equivariant ones."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn

from ..conv_stack import ChannelForecaster, ConvStack, channel_layers, field_layers
from ..layers import DenseBranch, PlainConv2d, SteerableConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "relaxed", "source": "Wang et al. 2022 (Combo)"}
POINT_GROUP = ABOUT | {"keeps": "the point group in its last three layers", "breaks": "the point group"}


@register("combo-rotation", symmetry="rotation", **POINT_GROUP)
@register("combo-reflection", symmetry="reflection", **POINT_GROUP)
@register("combo-scaling", symmetry="scaling", keeps="scaling in its last three layers", breaks="scaling", **ABOUT)
class ConvThenSteerableNet(ChannelForecaster):
    """Applies two plain convolutions, whose output is read as regular fields, then three steerable ones.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 6):
        plans = field_layers(task, width)
        plain = [plan.between_channels().build(PlainConv2d) for plan in plans[:2]]
        steerable = [plan.build(SteerableConv2d) for plan in plans[2:]]
        super().__init__(task, ConvStack(*plain, *steerable))


class DenseThenConv(nn.Module):
    """Computes ``stack(f + D f)``: a dense layer that changes the input, then convolutions."""

    def __init__(self, dense: DenseBranch, stack: ConvStack):
        super().__init__()
        self.dense = dense
        self.stack = stack

    def forward(self, frames: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.stack(frames + self.dense(frames))


@register(
    "combo-translation",
    symmetry="translation",
    keeps="translations in its convolutions, where the box is periodic",
    breaks="translations",
    **ABOUT,
)
class DenseThenConvNet(ChannelForecaster):
    """Applies a dense layer of low rank to the frames, then five plain convolutions.

    Args:
        width: channels, and rank of the dense layer.
    """

    def __init__(self, task: Task, *, width: int = 16):
        channels = 2 * task.history
        stack = ConvStack(*(plan.build(PlainConv2d) for plan in channel_layers(task, width)))
        super().__init__(task, DenseThenConv(DenseBranch(channels, channels, task.shape, rank=width), stack))
