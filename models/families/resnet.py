"""Dilated residual network."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from ..conv_stack import OUTPUT_GAIN, ChannelForecaster
from ..layers import PlainConv2d
from ..registry import register
from ..task import Task

DISTANCES = (1, 2, 4, 8, 4, 2, 1)


class DilatedBlock(nn.Module):
    """Computes ``f + L_7 gelu(... L_1 gelu(f))`` with convolutions that look 1, 2, 4, 8, 4, 2 and 1 cells away.

    Around a periodic side a convolution can look no further than the side is long.
    """

    def __init__(self, task: Task, width: int):
        super().__init__()
        reach = min([8, *(n for n, kind in zip(task.shape, task.boundary, strict=True) if kind == "periodic")])
        self.layers = nn.ModuleList(
            PlainConv2d(width, width, boundary=task.boundary, dilation=min(distance, reach)) for distance in DISTANCES
        )

    def forward(self, fields: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B C X Y"]:
        change = fields
        for layer in self.layers:
            change = layer(gelu(change))
        return fields + change


@register(
    "resnet",
    family="unconstrained",
    keeps="translations where the box is periodic",
    breaks="rotation, reflection, scaling",
    source="Stachenfeld et al. 2022; Gupta & Brandstetter 2022",
)
class DilatedResNet(ChannelForecaster):
    """Applies two dilated residual blocks between two convolutions.

    Args:
        width: channels.
    """

    def __init__(self, task: Task, *, width: int = 11):
        first = PlainConv2d(2 * task.history, width, boundary=task.boundary, gain=1.0)
        last = PlainConv2d(width, 2, boundary=task.boundary, gain=OUTPUT_GAIN[task.predicts])
        super().__init__(task, nn.Sequential(first, DilatedBlock(task, width), DilatedBlock(task, width), last))
