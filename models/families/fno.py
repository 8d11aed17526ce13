"""Fourier neural operator."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import pad

from ..conv_stack import ChannelForecaster
from ..registry import register
from ..task import Task

MODES = 8
LAYERS = 4


class PaddedOperator(nn.Module):
    """Pads with zeros beyond walls that are not periodic, so that the Fourier modes do not wrap around them.

    Outside autocast and in float32 at least: Fourier transforms know no bfloat16.
    """

    def __init__(self, operator: nn.Module, task: Task):
        super().__init__()
        self.operator = operator
        self.register_state_dict_post_hook(_tensors_only)
        x, y = (0 if kind == "periodic" else cells // 4 for cells, kind in zip(task.shape, task.boundary, strict=True))
        self.room = (0, y, 0, x)
        self.grid = task.shape

    def forward(self, frames: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B 2 X Y"]:
        frames = frames.to(torch.promote_types(frames.dtype, torch.float32))
        with torch.autocast(frames.device.type, enabled=False):
            return self.operator(pad(frames, self.room))[..., : self.grid[0], : self.grid[1]]


def _tensors_only(module: nn.Module, state: dict, prefix: str, _) -> None:
    """Drops the constructor's arguments, which neuraloperator 2 puts among the weights, where nothing expects them."""
    state.pop("_metadata", None)


@register(
    "fno",
    family="unconstrained",
    keeps="translations where the box is periodic",
    breaks="rotation, reflection, scaling",
    source="Li et al. 2021, package neuraloperator",
    requires="neuralop",
    install="symbreak[fno]",
)
class FourierNet(ChannelForecaster):
    """Applies four Fourier layers of up to 8 modes per axis.

    Args:
        width: channels.
    """

    def __init__(self, task: Task, *, width: int = 8):
        from neuralop.models import FNO

        modes = tuple(min(MODES, cells) for cells in task.shape)
        operator = FNO(modes, 2 * task.history, 2, width, n_layers=LAYERS, positional_embedding=None)
        super().__init__(task, PaddedOperator(operator, task))
