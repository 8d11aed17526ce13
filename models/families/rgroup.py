"""Relaxed group convolution networks."""

from __future__ import annotations

from ..conv_stack import ChannelForecaster, ConvStack, channel_layers, field_layers
from ..layers import PlainConv2d, RelaxedGroupConv2d, RelaxedScaleConv2d, RelaxedTranslationConv2d
from ..layers.convolutions.relaxed_banks import RelaxedBanksConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "relaxed", "source": "Wang et al. 2022 (RGroup)"}
POINT_GROUP = ABOUT | {"keeps": "the point group, while the weights are constant over it", "breaks": "the point group"}


@register("rgroup-rotation", symmetry="rotation", **POINT_GROUP)
@register("rgroup-reflection", symmetry="reflection", **POINT_GROUP)
class RelaxedGroupNet(ChannelForecaster):
    """Lifting, three group convolutions and projection, all relaxed: equivariant at the start.

    Args:
        width: regular fields, each with as many channels as the group has elements.
        weights_on: the group element that the weights of the group convolutions depend on, see
            :class:`~symbreak.models.layers.RelaxedGroupConv2d`.
    """

    def __init__(self, task: Task, *, width: int = 8, weights_on: str = "input"):
        super().__init__(task, _relaxed_stack(RelaxedGroupConv2d, task, width, weights_on))


@register(
    "rgroup-scaling",
    symmetry="scaling",
    keeps="scaling, while the weights are constant over the factors",
    breaks="scaling",
    **ABOUT,
)
class RelaxedScaleNet(ChannelForecaster):
    """The same over scales.

    Args:
        width: regular fields, each with as many channels as there are factors.
        weights_on: see :class:`~symbreak.models.layers.RelaxedScaleConv2d`.
    """

    def __init__(self, task: Task, *, width: int = 8, weights_on: str = "input"):
        super().__init__(task, _relaxed_stack(RelaxedScaleConv2d, task, width, weights_on))


@register(
    "rgroup-translation",
    symmetry="translation",
    keeps="translations where the box is periodic, while the weights are constant over it",
    breaks="translations",
    **ABOUT,
)
class RelaxedTranslationNet(ChannelForecaster):
    """Five relaxed translation convolutions.

    Args:
        width: channels.
        banks: convolutions that each layer mixes.
    """

    def __init__(self, task: Task, *, width: int = 14, banks: int = 2):
        layers = []
        for source, target, rest in channel_layers(task, width):
            rest = rest | {"gain": rest["gain"] * banks**0.5}
            mixed = (PlainConv2d(source, target, **rest) for _ in range(banks))
            layers.append(RelaxedTranslationConv2d(*mixed, shape=task.shape))
        super().__init__(task, ConvStack(*layers))


def _relaxed_stack(layer: type[RelaxedBanksConv2d], task: Task, width: int, weights_on: str) -> ConvStack:
    first, *hidden, last = field_layers(task, width)
    sides = [(first, "output"), *((plan, weights_on) for plan in hidden), (last, "input")]
    return ConvStack(*(layer(source, target, weights_on=side, **rest) for (source, target, rest), side in sides))
