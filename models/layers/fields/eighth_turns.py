"""The group of eighth turns, every other one of which a square grid keeps."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from ....symmetry import PointElement


@dataclass(frozen=True)
class EighthTurn:
    """Turns by ``steps`` times 45° counter-clockwise about the middle; other than quarter turns by interpolation."""

    steps: int

    def matrix(self) -> Float[Tensor, "2 2"]:
        """Returns ``R_g``, the action on vectors; float64."""
        if self.steps % 2 == 0:
            return PointElement(self.steps // 2).matrix().double()
        angle = self.steps * pi / 4
        return torch.tensor([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]], dtype=torch.float64)

    def scalar(self, field: Float[Tensor, "... X Y"]) -> Float[Tensor, "... X2 Y2"]:
        """Computes ``(g s)(p) = s(g^-1 p)``; between quarter turns bicubic, on a square grid, zero beyond its edge."""
        if self.steps % 2 == 0:
            return PointElement(self.steps // 2).scalar(field)
        images = field.flatten(0, -3)[:, None]
        back = self.matrix().to(field)
        # grid_sample names the last axis first: in that order the inverse turn is the turn itself.
        places = affine_grid(torch.cat((back, back.new_zeros(2, 1)), 1).expand(len(images), 2, 3), images.shape, False)
        return grid_sample(images, places, mode="bicubic", align_corners=False).view_as(field)


@dataclass(frozen=True)
class EighthTurns:
    """Describes the group of the eight multiples of 45°, in rising order; it has the members of
    :class:`~symbreak.symmetry.PointGroup`.

    A grid keeps four of them. Kernels that are functions of the plane can be held to all eight and sampled, see
    :func:`..bases.steerable.steerable_basis`; kernels whose pixels are moved about, as those of
    :class:`~symbreak.models.layers.RelaxedGroupConv2d`, cannot.
    """

    name: str = "C8"
    elements: tuple[EighthTurn, ...] = tuple(EighthTurn(steps) for steps in range(8))

    def __len__(self) -> int:
        return len(self.elements)

    @property
    def product(self) -> Int[Tensor, "H H"]:
        steps = torch.arange(len(self))
        return (steps[:, None] + steps) % len(self)


C8 = EighthTurns()
