"""Lift expansion whose encoder keeps the symmetry: how much of the lead of ``lift`` is due to seeing the whole box."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...symmetry import nontrivial_elements
from ..coarse_encoder import CoarseEncoder
from ..conv_stack import ChannelForecaster, channel_layers, field_layers
from ..layers import Fields, PlainConv2d, SteerableConv2d
from ..layers.fields import representation
from ..registry import register
from ..task import Task
from .lift import LiftTrunk

ABOUT = {"family": "strict", "breaks": "none", "source": "control of Wang et al. 2022 (Lift)"}


class AveragedEncoder(nn.Module):
    """Averages ``z(x) = 1/|H| sum_h rho(h)^-1 e(h x)`` over the elements ``h`` that map the task's grid onto itself.

    ``z(g x) = rho(g) z(x)`` for any encoder ``e``: in the sum over ``h`` of ``rho(h)^-1 e(h g x)`` each ``h g`` is an
    element again.

    Args:
        task: task whose history gives the number of vector fields in ``x: [B, 2T, X, Y]``.
        encoder: ``e``, any network from frames to numbers.
        latent: fields whose channels are the numbers of ``z``; None for a latent that all shifts along x leave
            unchanged.
    """

    back: Tensor | None

    def __init__(self, task: Task, encoder: nn.Module, latent: Fields | None):
        super().__init__()
        self.encoder, self.history = encoder, task.history
        self.elements = nontrivial_elements(latent.group.name if latent else "shift-x", task.shape)
        self.count = latent.count if latent else 1
        if latent:
            places = [0, *(latent.group.elements.index(element.inverse()) for element in self.elements)]
            back = representation(latent.group, latent.kind)[places]
            self.register_buffer("back", back.to(next(encoder.parameters())), persistent=False)
        else:
            self.register_buffer("back", None)

    def forward(self, frames: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B Z"]:
        vectors = frames.unflatten(1, (self.history, 2))
        moved = torch.cat([vectors, *(element.vector(vectors) for element in self.elements)]).flatten(1, 2)
        latents = self.encoder(moved).view(1 + len(self.elements), len(frames), self.count, -1)
        if self.back is None:
            return latents.mean(0).flatten(1)
        return torch.einsum("hij,hbcj->bci", self.back, latents).flatten(1) / len(self.back)


@register("lift-strict-rotation", symmetry="rotation", keeps="the point group, exactly", **ABOUT)
@register("lift-strict-reflection", symmetry="reflection", keeps="the point group, exactly", **ABOUT)
class StrictLiftNet(ChannelForecaster):
    """Averages the encoder of ``lift`` over the group: strictly equivariant, and sees the whole box.

    Args:
        width: regular fields of the trunk and width of the encoder.
    """

    def __init__(self, task: Task, *, width: int = 10):
        layers = [plan.build(SteerableConv2d) for plan in field_layers(task, width)]
        latent = layers[0].target
        encoder = CoarseEncoder(task, width, latent.channels)
        super().__init__(task, LiftTrunk(AveragedEncoder(task, encoder, latent), *layers))


@register(
    "lift-strict-translation",
    symmetry="translation",
    keeps="translations along x where the box is periodic, exactly",
    **ABOUT,
)
class StrictLiftConvNet(ChannelForecaster):
    """Does the same for shifts along x: a plain trunk whose latent does not change when the flow is shifted.

    Args:
        width: channels of the trunk and width of the encoder.
    """

    def __init__(self, task: Task, *, width: int = 20):
        layers = [plan.build(PlainConv2d) for plan in channel_layers(task, width)]
        encoder = AveragedEncoder(task, CoarseEncoder(task, width, width), None)
        super().__init__(task, LiftTrunk(encoder, *layers))
