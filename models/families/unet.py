"""U-Net."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, gelu

from ..conv_stack import OUTPUT_GAIN, ChannelForecaster
from ..layers import PlainConv2d
from ..layers.coarse_grid import refine
from ..registry import register
from ..task import Task

LEVELS = 2


class Block(nn.Module):
    """Applies two convolutions, each followed by the nonlinearity."""

    def __init__(self, source: int, target: int, boundary: tuple[str, str]):
        super().__init__()
        self.first = PlainConv2d(source, target, boundary=boundary)
        self.second = PlainConv2d(target, target, boundary=boundary)

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        return gelu(self.second(gelu(self.first(fields))))


class UNetwork(nn.Module):
    """Goes down by averages over 2 x 2 cells and up by repetition, with skip connections on the way up."""

    def __init__(self, task: Task, width: int):
        super().__init__()
        widths = [width * 2**level for level in range(LEVELS + 1)]
        sources = [2 * task.history, *widths[:-1]]
        self.down = nn.ModuleList(Block(a, b, task.boundary) for a, b in zip(sources, widths, strict=True))
        ups = [(fine + coarse, fine) for fine, coarse in zip(widths[-2::-1], widths[:0:-1], strict=True)]
        self.up = nn.ModuleList(Block(a, b, task.boundary) for a, b in ups)
        self.last = PlainConv2d(width, 2, boundary=task.boundary, gain=OUTPUT_GAIN[task.predicts])

    def forward(self, frames: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B 2 X Y"]:
        fields, passed = self.down[0](frames), []
        for block in self.down[1:]:
            passed.append(fields)
            fields = block(avg_pool2d(fields, 2))
        for block in self.up:
            fields = block(torch.cat((passed.pop(), refine(fields, (2, 2))), 1))
        return self.last(fields)


@register(
    "unet",
    family="unconstrained",
    keeps="translations by 4 cells where the box is periodic",
    breaks="rotation, reflection, scaling",
    source="Ronneberger et al. 2015; Gupta & Brandstetter 2022",
    sides=2**LEVELS,
)
class UNet(ChannelForecaster):
    """Applies a U-Net of two levels, doubling the channels at each.

    Args:
        width: channels on the finest grid.

    Raises:
        ValueError: a grid whose sides are not multiples of 4.
    """

    def __init__(self, task: Task, *, width: int = 8):
        if any(cells % 2**LEVELS for cells in task.shape):
            got = f"{task.shape[0]} x {task.shape[1]}"
            raise ValueError(f"shape: expected sides that are multiples of {2**LEVELS} for unet, got {got}")
        super().__init__(task, UNetwork(task, width))
