"""Two symmetries relaxed at once."""

from __future__ import annotations

from ...symmetry import C4, PointGroup
from ..conv_stack import ChannelForecaster, ConvStack, field_layers_of, task_group
from ..layers import DILATIONS, RelaxedTranslationConv2d, ScaleGroup, SteerableConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "relaxed", "source": "Wang et al. 2022 (jet data)"}


@register(
    "rsteer-translation-rotation",
    symmetry="translation-rotation",
    keeps="translations and the point group, while the weights are constant over the box",
    breaks="translations, the point group",
    **ABOUT,
)
class RelaxedTranslationRotationNet(ChannelForecaster):
    """Applies five layers, each mixing steerable convolutions by weights that depend on the place.

    The point group is the task's, and C4 where the task's group is that of translations.

    Args:
        width: regular fields, each with as many channels as the group has elements.
        banks: convolutions that each layer mixes.
    """

    def __init__(self, task: Task, *, width: int = 6, banks: int = 2):
        group = C4 if task.symmetry == "translation" else task_group(task)
        super().__init__(task, _mixed_stack(group, task, width, banks))


@register(
    "rsteer-translation-scaling",
    symmetry="translation-scaling",
    keeps="translations and scaling, while the weights are constant over the box",
    breaks="translations, scaling",
    **ABOUT,
)
class RelaxedTranslationScaleNet(ChannelForecaster):
    """Applies five layers, each mixing scale-steerable convolutions by weights that depend on the place.

    Args:
        width: regular fields, each with as many channels as there are factors.
        banks: convolutions that each layer mixes.
    """

    def __init__(self, task: Task, *, width: int = 6, banks: int = 2):
        super().__init__(task, _mixed_stack(DILATIONS, task, width, banks))


def _mixed_stack(group: PointGroup | ScaleGroup, task: Task, width: int, banks: int) -> ConvStack:
    plans = field_layers_of(group, task, width)
    mixed = (plan.mixed(SteerableConv2d, banks) for plan in plans)
    return ConvStack(*(RelaxedTranslationConv2d(*layers, shape=task.shape) for layers in mixed))
