"""Residual pathway priors."""

from __future__ import annotations

from ..conv_stack import ChannelForecaster, ConvStack, channel_layers, field_layers
from ..layers import DensePathwayConv2d, ResidualPathwayConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "relaxed", "source": "Finzi et al. 2021"}
FIELDS = ABOUT | {"keeps": "the point group, while the free branch is zero", "breaks": "the point group"}


ALPHA_FREE = {"rotation": 100.0, "reflection": 100.0, "scaling": 0.1}
"""Weight of the free branch's prior by symmetry. Layers that are scale-steerable on a short list of factors are a weak
network: held to them as rotations are, the validation error on scaling-drag at strength 1 was a fifth larger."""


@register("rpp-rotation", symmetry="rotation", **FIELDS)
@register("rpp-reflection", symmetry="reflection", **FIELDS)
@register("rpp-scaling", symmetry="scaling", keeps="scaling, while the free branch is zero", breaks="scaling", **ABOUT)
class ResidualPathwayNet(ChannelForecaster):
    """Applies five convolutions, each the sum of a steerable and a free one, with separate priors.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 5):
        alpha = ALPHA_FREE[task.symmetry]
        plans = field_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(ResidualPathwayConv2d, alpha_free=alpha) for plan in plans)))


@register(
    "rpp-translation",
    symmetry="translation",
    keeps="translations where the box is periodic, while the dense branch is zero",
    breaks="translations",
    **ABOUT,
)
class DensePathwayNet(ChannelForecaster):
    """Applies five layers, each the sum of a convolution and a dense branch of low rank, with separate priors.

    Args:
        width: channels.
    """

    def __init__(self, task: Task, *, width: int = 4):
        plans = channel_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(DensePathwayConv2d, task.shape) for plan in plans)))
