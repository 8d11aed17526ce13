"""Simulation of plumes on a finer grid than the one on which they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from .box import Box
from .simulate import simulate
from .state import Draws, Law, Plumes


def on_finer_grids(
    law: Callable[[Box, Draws], Law], plumes: Plumes, draws: Draws, box: Box, steps: int
) -> Iterator[Plumes]:
    """Runs each plume on a grid of its own, ``scale`` times as fine, and puts every state back on the given one.

    The place of the inflow and the force are ``scale`` times larger there. So is the box, but rounded down to whole
    cells: where that cuts something off, an inflow in the middle gets a little off the middle.
    """
    rows = zip(*(part.split(1) for part in (*plumes, *draws)), strict=True)
    runs = [_on_finer_grid(law, Plumes(*row[:3]), Draws(*row[3:]), box, steps) for row in rows]
    for states in zip(*runs, strict=True):
        yield Plumes(*(torch.cat(parts) for parts in zip(*states, strict=True)))


def regridded(plumes: Plumes, box: Box) -> Plumes:
    """Moves plumes onto the grid of another box of the same proportions; lengths and velocity scale with its sides.

    Smoke is the mean over each new cell. Velocity is taken as linear between opposite faces of a cell and constant
    along them (the element of Raviart and Thomas), so that what flows through each new face is exact and a flow
    without divergence stays one.
    """
    (x, y), (new_x, new_y) = plumes.smoke.shape[1:], box.shape
    means_x, means_y = (_means(old, new, plumes.smoke) for old, new in ((x, new_x), (y, new_y)))
    between_x, between_y = (_between(old, new, plumes.smoke) for old, new in ((x, new_x), (y, new_y)))
    return Plumes(
        means_x @ plumes.smoke @ means_y.mT,
        between_x @ plumes.velocity_x @ means_y.mT * (new_x / x),
        means_x @ plumes.velocity_y @ between_y.mT * (new_y / y),
    )


def _on_finer_grid(
    law: Callable[[Box, Draws], Law], plume: Plumes, draw: Draws, box: Box, steps: int
) -> Iterator[Plumes]:
    x, y = (int(size * draw.scale.item()) for size in box.shape)
    fine = Box((x, y), box.boundary)
    draw = draw._replace(center=draw.center * draw.scale, buoyancy=draw.buoyancy * draw.scale)
    for state in simulate(regridded(plume, fine), law(fine, draw), fine, steps):
        yield regridded(state, box)


def _means(old: int, new: int, like: Tensor) -> Float[Tensor, "new old"]:
    """Computes ``M[i, j]``, the share of old cell ``j`` in new cell ``i``; rows sum to 1.

    Not to be replaced by :func:`symbreak.symmetry.dilation.cell_means`, which rounds faces differently and would
    change the last bits of plumes.
    """
    faces, old_faces = _faces(old, new, like), _faces(old, old, like)
    overlap = torch.minimum(faces[1:, None], old_faces[1:]) - torch.maximum(faces[:-1, None], old_faces[:-1])
    return overlap.clamp(min=0) * (new / old)


def _between(old: int, new: int, like: Tensor) -> Float[Tensor, "new_faces old_faces"]:
    """Computes ``M[i, j]``, the weight of old face ``j`` in the linear interpolation at new face ``i``."""
    return (1 - (_faces(old, new, like)[:, None] - _faces(old, old, like)).abs()).clamp(min=0)


def _faces(old: int, new: int, like: Tensor) -> Float[Tensor, " faces"]:
    """Places the faces of ``new`` cells along a row of ``old`` ones."""
    return torch.arange(new + 1, dtype=like.dtype, device=like.device) * (old / new)
