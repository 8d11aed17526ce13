"""An encoder of the whole flow into a few numbers."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from .layers.coarse_grid import block_size, coarsen
from .task import Task


class CoarseEncoder(nn.Module):
    """Computes ``z = W_2 gelu(W_1 coarsen(history) + b_1) + b_2``: a multilayer perceptron on blocks of cells.

    Blocks are those of :func:`.layers.coarse_grid.block_size`, along each axis the fewest equal ones that are at least
    8. It sees absolute places and directions, and so knows no symmetry.

    Args:
        hidden: width of the hidden layer.
        latent: length of ``z``.
    """

    def __init__(self, task: Task, hidden: int, latent: int):
        super().__init__()
        self.block = block_size(task.shape[0]), block_size(task.shape[1])
        cells = (task.shape[0] // self.block[0]) * (task.shape[1] // self.block[1])
        self.first = nn.Linear(2 * task.history * cells, hidden)
        self.second = nn.Linear(hidden, latent)

    def forward(self, frames: Float[Tensor, "B C X Y"]) -> Float[Tensor, "B Z"]:
        return self.second(gelu(self.first(coarsen(frames, self.block).flatten(1))))
