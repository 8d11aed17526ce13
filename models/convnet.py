"""The plain convolutional network."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from .conv_stack import ConvStack, channel_layers
from .forecaster import Forecaster
from .layers import PlainConv2d
from .registry import register
from .task import Task


@register(
    "convnet",
    family="unconstrained",
    keeps="translations where the box is periodic",
    breaks="rotation, reflection, scaling",
    source="Wang et al. 2022 (Conv)",
)
class ConvNet(Forecaster):
    """Five plain convolutions: unconstrained under the point groups, and the strict model of translations.

    Args:
        width: channels.
    """

    def __init__(self, task: Task, *, width: int = 24):
        super().__init__(task)
        layers = channel_layers(task, width)
        self.network = ConvStack(*(PlainConv2d(s, t, boundary=task.boundary, gain=gain) for s, t, gain in layers))

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.network(self.frames_as_channels(history))
