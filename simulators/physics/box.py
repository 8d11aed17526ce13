"""The simulated box: its grid and, per axis, the kind of its walls."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ...symmetry import Faces, Shape

OUTER_FACES_FLOW = {
    "closed": (False, False),
    "half-open": (False, True),
    "open": (True, True),
    "periodic": (True, True),
}
SMALLEST_GRID = 8


@dataclass(frozen=True)
class Box:
    """Describes ``X x Y`` cells of size 1 with walls that are, per axis, ``closed``, ``open`` (pressure 0 outside),
    ``half-open`` (closed below, open above) or ``periodic``.

    Raises:
        ValueError: an unknown wall, or fewer than 8 cells along a side.
    """

    shape: Shape
    boundary: tuple[str, str] = ("closed", "closed")

    def __post_init__(self):
        for wall in self.boundary:
            if wall not in OUTER_FACES_FLOW:
                raise ValueError(f"expected one of the walls {', '.join(OUTER_FACES_FLOW)}, got {wall!r}")
        if min(self.shape) < SMALLEST_GRID:
            raise ValueError(f"expected a grid of at least {SMALLEST_GRID} x {SMALLEST_GRID}, got {self.shape}")

    def free_faces(self, axis: int) -> slice:
        """Selects those of the ``n + 1`` faces across an axis that carry a velocity of their own: the others are walls,
        where it is zero, or the far end of a periodic axis, where it repeats the near end."""
        if self.boundary[axis] == "periodic":
            return slice(0, self.shape[axis])
        lower, upper = OUTER_FACES_FLOW[self.boundary[axis]]
        return slice(0 if lower else 1, self.shape[axis] + (1 if upper else 0))


def centred(velocity: Faces) -> Float[Tensor, "... 2 X Y"]:
    """Averages velocity over the two opposite faces of each cell, which gives it at the cell centres."""
    x, y = velocity
    return torch.stack(((x[..., 1:, :] + x[..., :-1, :]) / 2, (y[..., 1:] + y[..., :-1]) / 2), -3)


def divergence(velocity: Faces) -> Float[Tensor, "... X Y"]:
    """Computes the outflow of each cell through its four faces."""
    x, y = velocity
    return x.diff(dim=-2) + y.diff(dim=-1)
