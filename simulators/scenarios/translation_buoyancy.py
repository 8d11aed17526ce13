"""Translation broken by buoyancy: in a box that is periodic in x, the force depends on x."""

from __future__ import annotations

from math import pi

import torch
from jaxtyping import Float
from numpy.random import Generator
from torch import Tensor

from ...symmetry import Shape
from ..physics import Box, Draws, Law, one_draw
from .scenario import SPREAD, Scenario, cell_centers, law

LARGEST_CONTRAST = 0.8


def draw(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Draws a plume anywhere along the lower wall: its place, height and force."""
    center = (shape[0] * generator.uniform(), shape[1] * generator.uniform(0.1, 0.2))
    return one_draw(center, (0.0, 1.0), buoyancy * generator.uniform(*SPREAD))


def smooth_force(box: Box, draws: Draws, strength: float) -> Law:
    """Applies force ``b (1 - 0.8 eps cos(2 pi x / X))``."""
    x, _ = cell_centers(box)
    return _modulated(box, draws, LARGEST_CONTRAST * strength * -torch.cos(2 * pi * x / box.shape[0]))


def force_per_half(
    box: Box, draws: Draws, strength: float, contrast: float = LARGEST_CONTRAST, velocity_time: float = 1.0
) -> Law:
    """Applies force ``b (1 - c eps)`` in the left half and ``b (1 + c eps)`` in the right; ``c = 0.8``."""
    x, _ = cell_centers(box)
    return _modulated(box, draws, contrast * strength * (x - box.shape[0] / 2).sign(), velocity_time)


def _modulated(box: Box, draws: Draws, modulation: Float[Tensor, "X 1"], velocity_time: float = 1.0) -> Law:
    """Applies force ``b (1 + modulation)``."""
    force = (draws.buoyancy[:, None] * draws.direction)[:, :, None, None] * (1 + modulation)
    return law(box, draws, force=force, velocity_time=velocity_time)


TRANSLATION_BUOYANCY = Scenario(
    name="translation-buoyancy",
    symmetry="translation",
    group="shift-x",
    boundary=("periodic", "closed"),
    description="plumes anywhere along a periodic box; the buoyancy varies smoothly along it",
    draw=draw,
    law=smooth_force,
)

TRANSLATION_BUOYANCY_SHARP = Scenario(
    name="translation-buoyancy-sharp",
    symmetry="translation",
    group="shift-x",
    boundary=("periodic", "closed"),
    description="plumes anywhere along a periodic box; weak buoyancy in one half, strong in the other",
    draw=draw,
    law=force_per_half,
)
