"""Padding that follows the walls of the box."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad


def pad_periodic(
    fields: Float[Tensor, "B C X Y"], boundary: tuple[str, str], radius: int
) -> Float[Tensor, "B C X2 Y2"]:
    """Wraps ``radius`` cells around along the periodic axes and leaves the others as they are."""
    x, y = (radius if kind == "periodic" else 0 for kind in boundary)
    return pad(fields, (y, y, x, x), mode="circular") if x or y else fields


def zero_padding(boundary: tuple[str, str], radius: int) -> tuple[int, int]:
    """Cells of zeros to add along x and y: none along periodic axes."""
    return tuple(0 if kind == "periodic" else radius for kind in boundary)
