"""Translation broken by a boundary: a porous wall, or a band that damps the flow, at one place of a periodic box."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ..physics import Box, Draws, Law
from .scenario import Scenario, law
from .translation_buoyancy import draw

LARGEST_DRAG = 0.3
BAND_WIDTH = 0.25


def porous_wall(box: Box, draws: Draws, strength: float) -> Law:
    """Sets openness ``1 - eps`` at the seam ``x = 0``: at strength 1 the box is closed there."""
    open_x = torch.ones(box.shape[0] + 1, dtype=torch.float64)
    open_x[0] = open_x[-1] = 1 - strength
    return law(box, draws, open_x=open_x)


def damping_band(box: Box, draws: Draws, strength: float) -> Law:
    """Applies drag ``0.3 eps^2`` per step at the seam, fading out over an eighth of the box to each side."""
    x = torch.arange(box.shape[0] + 1, dtype=torch.float64)
    drag_x, drag_y = (
        LARGEST_DRAG * strength**2 * band(place, box.shape[0])[None, :, None] for place in (x, x[:-1] + 0.5)
    )
    return law(box, draws, drag_x=drag_x, drag_y=drag_y)


def band(x: Float[Tensor, " n"], width: int) -> Float[Tensor, " n"]:
    """Computes the band's profile: 1 at ``x = 0 = width``, ``cos^2`` to 0 at half its width on both sides."""
    distance = torch.minimum(x, width - x) / (BAND_WIDTH * width / 2)
    return torch.cos(torch.pi / 2 * distance.clamp(max=1)).square()


TRANSLATION_BOUNDARY = Scenario(
    name="translation-boundary",
    symmetry="translation",
    group="shift-x",
    boundary=("periodic", "closed"),
    description="plumes anywhere along a periodic box with a porous wall at one place",
    draw=draw,
    law=porous_wall,
)

TRANSLATION_BOUNDARY_BAND = Scenario(
    name="translation-boundary-band",
    symmetry="translation",
    group="shift-x",
    boundary=("periodic", "closed"),
    description="plumes anywhere along a periodic box with a band that damps the flow",
    draw=draw,
    law=damping_band,
)
