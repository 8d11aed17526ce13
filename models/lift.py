"""Lift expansion: a strict trunk that is told what an unconstrained encoder saw."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import gelu

from .coarse_encoder import CoarseEncoder
from .conv_stack import ConvStack, field_layers
from .forecaster import Forecaster
from .layers import SteerableConv2d
from .registry import register
from .task import Task

ABOUT = {
    "family": "relaxed",
    "keeps": "the point group in the trunk, given the latent",
    "breaks": "the point group",
    "source": "Wang et al. 2022 (Lift)",
}


@register("lift-rotation", symmetry="rotation", **ABOUT)
@register("lift-reflection", symmetry="reflection", **ABOUT)
class LiftNet(Forecaster):
    """``trunk(lift(history) + z)``: the encoder's latent ``z``, one number for each component of each regular field,
    is broadcast over the grid and joins the lifted history.

    Args:
        width: regular fields of the trunk and width of the encoder.
    """

    def __init__(self, task: Task, *, width: int = 10):
        super().__init__(task)
        first, *rest = (
            SteerableConv2d(source, target, boundary=task.boundary, gain=gain)
            for source, target, gain in field_layers(task, width)
        )
        self.lift = first
        self.encoder = CoarseEncoder(task, width, first.target.channels)
        self.trunk = ConvStack(*rest)

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        frames = self.frames_as_channels(history)
        return self.trunk(gelu(self.lift(frames) + self.encoder(frames)[:, :, None, None]))
