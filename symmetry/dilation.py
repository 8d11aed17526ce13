"""Dilations: the same flow, larger, and faster by the same factor."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor

from .elements import Element, Faces, Shape


@dataclass(frozen=True)
class Dilation(Element):
    """Dilates: ``(g s)(p) = s(p / factor)``, ``(g v)(p) = factor v(p / factor)``, from the middle of the lower wall.

    At a fixed time step this is the dilation that leaves the equations of an inviscid flow as they are: what is twice
    as large has to move twice as many cells per step. What leaves the grid is lost, so that only factors of at least 1
    act and none but 1 has an inverse. Each new cell takes the mean of what it covers of the old, piecewise constant
    field; this interpolation is not exact, and acting twice is not quite acting once with the product of the factors.

    Raises:
        ValueError: a factor below 1.
    """

    factor: float

    def __post_init__(self):
        if not self.factor >= 1:
            raise ValueError(f"expected a dilation by a factor of at least 1, got {self.factor}")

    def __str__(self) -> str:
        return f"x {self.factor:.2f}"

    def inverse(self) -> Dilation:
        if self.factor != 1:
            raise ValueError(f"expected an element with an inverse, got the dilation by {self.factor}")
        return self

    def shape(self, shape: Shape) -> Shape:
        return shape

    def scalar(self, field: Float[Tensor, "... X Y"]) -> Float[Tensor, "... X Y"]:
        """Computes in float32 at least, also under autocast: bfloat16 represents integer cell edges only up to 256."""
        x, y = field.shape[-2:]
        dtype = torch.promote_types(field.dtype, torch.float32)
        factor = torch.full((), self.factor, dtype=dtype, device=field.device)
        with torch.autocast(field.device.type, enabled=False):
            moved = cell_means(factor, x, x / 2) @ field.to(dtype) @ cell_means(factor, y, 0.0).mT
        return moved.to(field.dtype)

    def direction(self, vector: Float[Tensor, "... 2"]) -> Float[Tensor, "... 2"]:
        return self.factor * vector

    def point(self, point: Float[Tensor, "... 2"], shape: Shape) -> Float[Tensor, "... 2"]:
        anchor = torch.tensor((shape[0] / 2, 0.0), dtype=point.dtype, device=point.device)
        return anchor + self.factor * (point - anchor)

    def faces(self, velocity: Faces) -> Faces:
        raise ValueError("expected velocity at the cell centres to dilate, got velocity on the faces")


MEASURED_DILATIONS = (Dilation(sqrt(2)), Dilation(2.0))


def cell_means(factor: Float[Tensor, "*B"], size: int, anchor: float) -> Float[Tensor, "*B n n"]:
    """Computes ``M[i, j]``: the share of old cell ``j`` in new cell ``i`` of a row that grew by ``factor`` from
    ``anchor``.

    New cell ``[i, i+1]`` covers ``anchor + ([i, i+1] - anchor) / factor`` of the old row; rows sum to 1.
    """
    edges = torch.arange(size + 1, dtype=factor.dtype, device=factor.device)
    covered = anchor + (edges - anchor) / factor[..., None]
    lower, upper = covered[..., :-1, None], covered[..., 1:, None]
    overlap = torch.minimum(upper, edges[1:]) - torch.maximum(lower, edges[:-1])
    return overlap.clamp(min=0) * factor[..., None, None]
