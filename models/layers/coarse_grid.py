"""Averages over blocks of cells, and back."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import avg_pool2d

COARSE_CELLS = 8


def block_size(cells: int) -> int:
    """Finds the largest divisor of ``cells`` that leaves at least 8 blocks; 1 on grids of fewer than 16 cells.

    64 cells are 8 blocks, 20 are 10 and 62 are 31; each of a prime number of cells is a block of its own.
    """
    return next(size for size in range(max(1, cells // COARSE_CELLS), 0, -1) if cells % size == 0)


def coarsen(fields: Float[Tensor, "B C X Y"], block: tuple[int, int]) -> Float[Tensor, "B C X2 Y2"]:
    """Averages over blocks."""
    return avg_pool2d(fields, block)


def refine(fields: Float[Tensor, "B C X Y"], block: tuple[int, int]) -> Float[Tensor, "B C X2 Y2"]:
    """Repeats each value over its block."""
    return fields.repeat_interleave(block[0], -2).repeat_interleave(block[1], -1)
