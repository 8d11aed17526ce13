"""The flat multilayer perceptron."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn

from ..conv_stack import OUTPUT_GAIN
from ..forecaster import Forecaster
from ..registry import register
from ..task import Task


@register("mlp", family="unconstrained", keeps="nothing", breaks="translations too", source="Wang et al. 2022 (MLP)")
class MultilayerPerceptron(Forecaster):
    """Computes ``W_3 gelu(W_2 gelu(W_1 u + b_1) + b_2) + b_3`` on all components of all cells and frames at once.

    Args:
        width: width of both hidden layers.
    """

    def __init__(self, task: Task, *, width: int = 16):
        super().__init__(task)
        if width < 1:
            raise ValueError(f"width: expected at least 1, got {width}")
        cells = task.shape[0] * task.shape[1]
        last = nn.Linear(width, 2 * cells)
        nn.init.normal_(last.weight, std=OUTPUT_GAIN[task.predicts] / width**0.5)
        self.network = nn.Sequential(
            nn.Linear(2 * task.history * cells, width), nn.GELU(), nn.Linear(width, width), nn.GELU(), last
        )

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        return self.network(self.frames_as_channels(history).flatten(1)).unflatten(1, (2, *self.task.shape))
