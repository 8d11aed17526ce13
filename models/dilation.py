"""Dilations of a picture: resampled, not exact."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import grid_sample


def dilate(fields: Float[Tensor, "B C X Y"], factor: float) -> Float[Tensor, "B C X Y"]:
    """``(s f)(p) = f(p / s)`` about the middle of the box, by bicubic interpolation; zeros come in from outside."""
    x, y = (_middle_to_walls(cells).to(fields) / factor for cells in fields.shape[-2:])
    points = torch.stack(torch.meshgrid(x, y, indexing="ij")[::-1], -1)
    return grid_sample(fields, points.expand(len(fields), -1, -1, -1), mode="bicubic", align_corners=False)


def island(shape: tuple[int, int]) -> Float[Tensor, "X Y"]:
    """A smooth window, 1 in the middle and 0 outside the inner half of the box: room to grow by 2."""
    x, y = (torch.cos(torch.pi * _middle_to_walls(cells)).clamp(min=0) for cells in shape)
    return x[:, None] * y


def _middle_to_walls(cells: int) -> Float[Tensor, " cells"]:
    """Cell centres on an axis from -1 to 1."""
    return (2 * torch.arange(cells) + 1 - cells) / cells
