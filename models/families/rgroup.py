"""Relaxed group convolution networks."""

from __future__ import annotations

from ..conv_stack import ChannelForecaster, ConvStack, channel_layers, field_layers
from ..layers import PlainConv2d, RelaxedGroupConv2d, RelaxedTranslationConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "relaxed", "source": "Wang et al. 2022 (RGroup)"}
POINT_GROUP = ABOUT | {"keeps": "the point group, while the weights are constant over it", "breaks": "the point group"}


@register("rgroup-rotation", symmetry="rotation", **POINT_GROUP)
@register("rgroup-reflection", symmetry="reflection", **POINT_GROUP)
@register(
    "rgroup-scaling",
    symmetry="scaling",
    keeps="scaling, while the weights are constant over the factors",
    breaks="scaling",
    **ABOUT,
)
class RelaxedGroupNet(ChannelForecaster):
    """Applies lifting, three group convolutions and projection, all relaxed: equivariant at the start.

    Args:
        width: regular fields, each with as many channels as the group has elements.
        weights_on: the group element that the weights of the group convolutions depend on, see
            :class:`~symbreak.models.layers.RelaxedGroupConv2d`.
    """

    def __init__(self, task: Task, *, width: int = 8, weights_on: str = "input"):
        first, *hidden, last = field_layers(task, width)
        sides = [(first, "output"), *((plan, weights_on) for plan in hidden), (last, "input")]
        super().__init__(task, ConvStack(*(plan.build(RelaxedGroupConv2d, weights_on=side) for plan, side in sides)))


@register(
    "rgroup-translation",
    symmetry="translation",
    keeps="translations where the box is periodic, while the weights are constant over it",
    breaks="translations",
    **ABOUT,
)
class RelaxedTranslationNet(ChannelForecaster):
    """Applies five relaxed translation convolutions.

    Args:
        width: channels.
        banks: convolutions that each layer mixes.
    """

    def __init__(self, task: Task, *, width: int = 14, banks: int = 2):
        mixed = (plan.mixed(PlainConv2d, banks) for plan in channel_layers(task, width))
        super().__init__(task, ConvStack(*(RelaxedTranslationConv2d(*layers, shape=task.shape) for layers in mixed)))
