"""What a flow looks like as a whole, in a few numbers."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, gelu

from .task import Task

COARSE_CELLS = 8


class CoarseEncoder(nn.Module):
    """``z = W_2 gelu(W_1 pool(history) + b_1) + b_2``: a multilayer perceptron on frames averaged to about 8 x 8 cells.

    It sees absolute places and directions, and so knows no symmetry.

    Args:
        hidden: width of the hidden layer.
        latent: length of ``z``.
    """

    def __init__(self, task: Task, hidden: int, latent: int):
        super().__init__()
        self.window = tuple(max(1, cells // COARSE_CELLS) for cells in task.shape)
        cells = (task.shape[0] // self.window[0]) * (task.shape[1] // self.window[1])
        self.first = nn.Linear(2 * task.history * cells, hidden)
        self.second = nn.Linear(hidden, latent)

    def forward(self, frames: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B Z"]:
        return self.second(gelu(self.first(avg_pool2d(frames, self.window).flatten(1))))
