"""Networks that are strictly equivariant under a point group or dilations."""

from __future__ import annotations

from ..conv_stack import ChannelForecaster, ConvStack, eighth_turn_layers, field_layers
from ..layers import SteerableConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "strict", "breaks": "none"}
EXACT = ABOUT | {"keeps": "the point group, exactly", "source": "Weiler & Cesa 2019"}
RESOLVED = ABOUT | {"keeps": "scaling, as far as the grid resolves it", "source": "Sosnovik et al. 2020"}


@register("equiv-rotation", symmetry="rotation", **EXACT)
@register("equiv-reflection", symmetry="reflection", **EXACT)
@register("equiv-scaling", symmetry="scaling", **RESOLVED)
class SteerableNet(ChannelForecaster):
    """Applies five steerable convolutions: equivariant under the task's group, whatever the weights.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 12):
        plans = field_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(SteerableConv2d) for plan in plans)))


@register(
    "equiv8-rotation",
    symmetry="rotation",
    keeps="quarter turns, exactly; eighth turns, as far as the grid resolves them",
    source="Weiler & Cesa 2019",
    **ABOUT,
)
class EighthTurnNet(ChannelForecaster):
    """Applies five steerable convolutions of eighth turns, whatever turns the task's group holds; keeps no mirrors.

    Args:
        width: regular fields, each with eight channels.
    """

    def __init__(self, task: Task, *, width: int = 10):
        plans = eighth_turn_layers(task, width)
        super().__init__(task, ConvStack(*(plan.build(SteerableConv2d) for plan in plans)))
