"""Rotation broken by a boundary: a drag layer covers one half of the box."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ..physics import Box, Draws, Law
from .rotation_buoyancy import draw
from .scenario import Scenario, law

LARGEST_DRAG = 0.1
STEEPNESS = 16


def drag_layer(box: Box, draws: Draws, strength: float) -> Law:
    """Applies drag ``0.1 eps`` per step in the right half, falling smoothly to 0 around the middle."""
    x = torch.arange(box.shape[0] + 1, dtype=torch.float64)
    drag_x, drag_y = (
        LARGEST_DRAG * strength * layer(place, box.shape[0])[None, :, None] for place in (x, x[:-1] + 0.5)
    )
    return law(box, draws, drag_x=drag_x, drag_y=drag_y)


def layer(x: Float[Tensor, " n"], width: int) -> Float[Tensor, " n"]:
    """Computes ``(1 + tanh(16 (x/X - 1/2))) / 2``: 0 at the left wall, 1 at the right one."""
    return (1 + torch.tanh(STEEPNESS * (x / width - 0.5))) / 2


ROTATION_BOUNDARY = Scenario(
    name="rotation-boundary",
    symmetry="rotation",
    group="C4",
    boundary=("closed", "closed"),
    description="plumes from four walls; the right half of the box drags on the flow",
    draw=draw,
    law=drag_layer,
)
