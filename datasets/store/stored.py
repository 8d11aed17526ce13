"""The fields of a simulation that are stored."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ...simulators import Draws, Plumes
from ..recipes import Recipe


def stored_fields(
    recipe: Recipe, plumes: Plumes, draws: Draws
) -> tuple[Float[Tensor, "B 2 X Y"], Float[Tensor, "B X Y"]]:
    """Returns velocity and smoke at the cell centres, as the scenario renders them; or, as published, the velocity on
    the lower faces, which are half a cell away, in a different direction for each component."""
    if not recipe.as_published:
        return recipe.physics.render(plumes, draws)
    return torch.stack((plumes.velocity_x[:, :-1], plumes.velocity_y[..., :-1]), 1), plumes.smoke
