"""Strict networks that are given what breaks the symmetry."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..conv_stack import ConvStack, channel_layers, field_layers, task_group
from ..forecaster import Forecaster
from ..layers import Fields, PlainConv2d, SteerableConv2d
from ..registry import register
from ..task import ENVIRONMENT, ENVIRONMENT_CHANNELS, Task

ABOUT = {"family": "informed", "breaks": "none, where the environment moves with the flow"}
POINT_GROUP = ABOUT | {"keeps": "the point group, exactly, of flow and environment", "source": "Weiler & Cesa 2019"}
SCALARS = sum(kind == "scalar" for kind in ENVIRONMENT.values())
VECTORS = sum(kind == "vector" for kind in ENVIRONMENT.values())


class InformedForecaster(Forecaster):
    """Forecasts with a network from channels of frames and environment, ``[B, 2T + E, X, Y]``, to ``[B, 2, X, Y]``.

    ``f(g x, g e) = g f(x, e)`` for history ``x`` and environment ``e``: that a network which does not see ``e`` must
    treat related flows alike costs this one nothing, so that its error is how hard the flow itself is to predict.
    """

    informed = True

    def __init__(self, task: Task, network: nn.Module):
        super().__init__(task)
        self.network = network

    def forward(
        self, history: Float[Tensor, "B T 2 X Y"], environment: Float[Tensor, "B E X Y"] | None = None
    ) -> Float[Tensor, "B 2 X Y"]:
        """Predicts from history and environment; without one, as where the law is the symmetric one."""
        frames = self.frames_as_channels(history)
        if environment is None:
            environment = frames.new_zeros(len(frames), ENVIRONMENT_CHANNELS, *frames.shape[2:])
        return self.network(torch.cat((frames, environment), 1))


class VectorsAndScalars(nn.Module):
    """Computes ``K_v * v + K_s * s + b``: one convolution of vector fields ``v`` and scalar fields ``s``, in two parts.

    Args:
        vectors: takes the first channels.
        scalars: takes the last ones.
    """

    def __init__(self, vectors: SteerableConv2d, scalars: SteerableConv2d):
        super().__init__()
        self.vectors, self.scalars = vectors, scalars

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        vectors, scalars = fields.split((self.vectors.source.channels, self.scalars.source.channels), 1)
        return self.vectors(vectors) + self.scalars(scalars)


@register("oracle-rotation", symmetry="rotation", **POINT_GROUP)
@register("oracle-reflection", symmetry="reflection", **POINT_GROUP)
class OracleNet(InformedForecaster):
    """Sees what ``equiv`` does, and the force, as a vector field, and drag and openness, as scalar fields.

    Args:
        width: regular fields, each with as many channels as the group has elements.
    """

    def __init__(self, task: Task, *, width: int = 12):
        first, *rest = field_layers(task, width)
        vectors, scalars = (
            replace(first, source=Fields(task_group(task), kind, count)).build(SteerableConv2d)
            for kind, count in (("vector", task.history + VECTORS), ("scalar", SCALARS))
        )
        layers = (plan.build(SteerableConv2d) for plan in rest)
        super().__init__(task, ConvStack(VectorsAndScalars(vectors, scalars), *layers))


@register(
    "oracle-translation",
    symmetry="translation",
    keeps="translations of flow and environment where the box is periodic",
    source="Wang et al. 2022 (Conv)",
    **ABOUT,
)
class OracleConvNet(InformedForecaster):
    """Sees what ``convnet`` does, and the environment.

    Args:
        width: channels.
    """

    def __init__(self, task: Task, *, width: int = 20):
        first, *rest = channel_layers(task, width)
        informed = replace(first, source=2 * task.history + ENVIRONMENT_CHANNELS)
        super().__init__(task, ConvStack(*(plan.build(PlainConv2d) for plan in (informed, *rest))))
