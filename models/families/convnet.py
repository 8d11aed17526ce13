"""The plain convolutional network."""

from __future__ import annotations

from ..conv_stack import ChannelForecaster, ConvStack, channel_layers
from ..layers import PlainConv2d
from ..registry import register
from ..task import Task


@register(
    "convnet",
    family="unconstrained",
    keeps="translations where the box is periodic",
    breaks="rotation, reflection, scaling",
    source="Wang et al. 2022 (Conv)",
)
class ConvNet(ChannelForecaster):
    """Applies five plain convolutions: unconstrained under the point groups, and the strict model of translations.

    Args:
        width: channels.
    """

    def __init__(self, task: Task, *, width: int = 24):
        plans = channel_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(PlainConv2d) for plan in plans)))
