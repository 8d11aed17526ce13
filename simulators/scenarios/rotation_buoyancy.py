"""Rotation broken by buoyancy: plumes rise from all four walls, and each wall has a force of its own."""

from __future__ import annotations

import torch
from jaxtyping import Int
from numpy.random import Generator
from torch import Tensor

from ...symmetry import PointElement, Shape
from ..physics import Box, Draws, Law, one_draw
from .scenario import SPREAD, Scenario, law

SIDES = torch.tensor([[0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]], dtype=torch.float64)
CONTRAST = torch.tensor([-1.0, -1 / 3, 1 / 3, 1.0], dtype=torch.float64)
LARGEST_CONTRAST = 0.9


def draw(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Draws a plume at the lower wall, turned ``index`` times: its place along the wall, height and force."""
    x, y = shape if index % 2 == 0 else shape[::-1]
    center = (x * generator.uniform(0.3, 0.7), y * generator.uniform(0.1, 0.2))
    return one_draw(center, (0.0, 1.0), buoyancy * generator.uniform(*SPREAD)).moved(PointElement(index), (x, y))


def force_per_side(box: Box, draws: Draws, strength: float) -> Law:
    """Applies force ``b (1 + 0.9 eps d)`` with ``d = -1, -1/3, 1/3, 1`` for plumes that rise up, left, down, right."""
    magnitude = draws.buoyancy * (1 + LARGEST_CONTRAST * strength * CONTRAST[side(draws)])
    return law(box, draws, force=(magnitude[:, None] * draws.direction)[:, :, None, None])


def side(draws: Draws) -> Int[Tensor, " B"]:
    """Numbers the sides: 0, 1, 2, 3 for plumes that rise up, left, down, right."""
    return (draws.direction @ SIDES.T).argmax(1)


ROTATION_BUOYANCY = Scenario(
    name="rotation-buoyancy",
    symmetry="rotation",
    group="C4",
    boundary=("closed", "closed"),
    description="plumes from four walls; the buoyancy differs from wall to wall",
    draw=draw,
    law=force_per_side,
)
