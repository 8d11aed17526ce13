"""Lift expansion: a strict trunk that receives the latent of an unconstrained encoder."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from ..coarse_encoder import CoarseEncoder
from ..conv_stack import ChannelForecaster, ConvStack, channel_layers, field_layers
from ..layers import PlainConv2d, SteerableConv2d
from ..registry import register
from ..task import Task

ABOUT = {"family": "relaxed", "source": "Wang et al. 2022 (Lift)"}
POINT_GROUP = ABOUT | {"keeps": "the point group in the trunk, given the latent", "breaks": "the point group"}


class LiftTrunk(nn.Module):
    """Computes ``trunk(lift(history) + z)``: the encoder's latent ``z``, one number per channel, is broadcast over the
    grid and added to the lifted history."""

    def __init__(self, encoder: nn.Module, lift: nn.Module, *trunk: nn.Module):
        super().__init__()
        self.encoder = encoder
        self.lift = lift
        self.trunk = ConvStack(*trunk)

    def forward(self, frames: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.trunk(gelu(self.lift(frames) + self.encoder(frames)[:, :, None, None]))


@register("lift-rotation", symmetry="rotation", **POINT_GROUP)
@register("lift-reflection", symmetry="reflection", **POINT_GROUP)
@register("lift-scaling", symmetry="scaling", keeps="scaling in the trunk, given the latent", breaks="scaling", **ABOUT)
class LiftNet(ChannelForecaster):
    """Combines a steerable trunk with a latent of regular fields.

    Args:
        width: regular fields of the trunk and width of the encoder.
    """

    def __init__(self, task: Task, *, width: int = 10):
        layers = [plan.build(SteerableConv2d) for plan in field_layers(task, width)]
        encoder = CoarseEncoder(task, width, layers[0].target.channels)
        super().__init__(task, LiftTrunk(encoder, *layers))


@register(
    "convnet-global",
    family="unconstrained",
    keeps="none",
    breaks="translation, rotation, reflection, scaling",
    source="control of Wang et al. 2022 (Lift)",
)
@register(
    "lift-translation",
    symmetry="translation",
    keeps="translations in the trunk, given the latent, where the box is periodic",
    breaks="translations",
    **ABOUT,
)
class LiftConvNet(ChannelForecaster):
    """Combines a plain convolutional trunk with a latent of channels.

    Args:
        width: channels of the trunk and width of the encoder.
    """

    def __init__(self, task: Task, *, width: int = 20):
        layers = [plan.build(PlainConv2d) for plan in channel_layers(task, width)]
        super().__init__(task, LiftTrunk(CoarseEncoder(task, width, width), *layers))
