"""Reflection broken by a tilt: smoke rises, and drifts to the right."""

from __future__ import annotations

import torch
from numpy.random import Generator

from ...symmetry import Shape
from ..physics import Box, Draws, Law, one_draw
from .scenario import SPREAD, Scenario, law

LARGEST_TILT = 0.25


def draw(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Draws a plume at the lower wall, left or right of the middle: its place, height and force."""
    center = (shape[0] * generator.uniform(0.3, 0.7), shape[1] * generator.uniform(0.1, 0.2))
    return one_draw(center, (0.0, 1.0), buoyancy * generator.uniform(*SPREAD))


def tilted_force(box: Box, draws: Draws, strength: float) -> Law:
    """Applies force ``b (0.25 eps, 1)``: the lateral part is the same on both sides of the mirror."""
    tilt = torch.tensor([LARGEST_TILT * strength, 0.0], dtype=torch.float64, device=draws.buoyancy.device)
    return law(box, draws, force=(draws.buoyancy[:, None] * (draws.direction + tilt))[:, :, None, None])


REFLECTION_TILT = Scenario(
    name="reflection-tilt",
    symmetry="reflection",
    group="mirror",
    boundary=("closed", "closed"),
    description="rising plumes; the buoyancy is tilted to one side",
    draw=draw,
    law=tilted_force,
)
