"""A linear map of low rank that connects all places."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..box import check_grid
from ..coarse_grid import block_size, coarsen, refine


class DenseBranch(nn.Module):
    """Computes ``out = refine(U V coarsen(f))``: a dense layer on a coarse grid, through ``rank`` numbers.

    The grid is that of :func:`..coarse_grid.block_size`, along each axis of the fewest equal blocks that are at least
    8. A full dense layer between fields of a 32 x 32 grid has millions of parameters a channel. ``U`` starts at zero.

    Keeps: nothing. Breaks: every symmetry.

    Args:
        source, target: channels.
        shape: the grid ``(X, Y)``.

    Raises:
        ValueError: when called: fields on a different grid.
    """

    def __init__(self, source: int, target: int, shape: tuple[int, int], *, rank: int = 8):
        super().__init__()
        self.shape = shape
        self.block = block_size(shape[0]), block_size(shape[1])
        self.grid = shape[0] // self.block[0], shape[1] // self.block[1]
        cells = self.grid[0] * self.grid[1]
        self.down = nn.Parameter(torch.randn(rank, source * cells) / (source * cells) ** 0.5)
        self.up = nn.Parameter(torch.zeros(target * cells, rank))

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        check_grid(fields, self.shape)
        coarse = coarsen(fields, self.block).flatten(1)
        return refine((coarse @ self.down.T @ self.up.T).unflatten(1, (-1, *self.grid)), self.block)
