"""The recipes of the original study, at 64x64 with its start frames."""

from __future__ import annotations

from itertools import islice

import torch

from ...simulators import Plumes, one_thread_without_denormals, still
from ...symmetry import C4, PointElement
from .plan import Chunk
from .recipe import Recipe

LEVEL_ERRORS = (0.0, 0.17, 0.313, 0.435, 0.541, 0.63, 0.709, 0.78, 0.84, 0.896)
"""Equivariance errors that the study reports for its ten levels; see :func:`level_error`."""
LEVELS = len(LEVEL_ERRORS)
SCENARIO_OF_LEVELS = "published-levels"
FIRST_COMPARED, LAST_COMPARED = 21, 59
UNSEEN = 10


def published_error(recipe: Recipe) -> float | None:
    """Looks up the equivariance error that the study reports for one of its levels; none for any other data set."""
    level = recipe.strength * (LEVELS - 1)
    if recipe.scenario != SCENARIO_OF_LEVELS or abs(level - round(level)) > 1e-9:
        return None
    return LEVEL_ERRORS[round(level)]


@one_thread_without_denormals()
def level_error(recipe: Recipe) -> float | None:
    """Measures the error of one of the study's levels as its notebook does; none for any other data set::

        mean over h = 1, 2, 3, frames 21 ... 59 from rest, components and faces of |u_0 - g_h^-1 u_h|, in cells per step

    ``u_h`` is the plume from side ``h``, turned back to the lower wall, on the lower faces of the cells; the unit makes
    this another scale than that of ``EE_n``.
    """
    if recipe.scenario != SCENARIO_OF_LEVELS:
        return None
    sides = len(C4.elements)
    draws = Chunk("train", 0, sides).draws(recipe)
    run = recipe.physics.evolve(still(recipe.box, sides), draws, recipe.strength, LAST_COMPARED)
    differences = []
    for plumes in islice(run, FIRST_COMPARED - 1, None):
        turned = (
            Plumes(*(part[side : side + 1] for part in plumes)).moved(PointElement(-side)) for side in range(sides)
        )
        first, *others = (torch.stack((plume.velocity_x[:, :-1], plume.velocity_y[..., :-1])) for plume in turned)
        differences += [(first - other).abs().mean().item() for other in others]
    return sum(differences) / len(differences)


def published_recipes(*, as_published: bool = False) -> dict[str, Recipe]:
    """Makes the recipes ``translation``, ``rotation``, ``scaling`` and ``level-0 ... level-9``, by name.

    The first three have 310 frames each. The published start frames were 0-159 for training, 160-199 for validation and
    200-249 for *Future*, all of the same simulations, whose windows overlapped; here each of these ranges is a file of
    its own and windows stay inside. The study's ten unseen simulations are *Domain*.

    A level has the notebook's 50 frames, from step 11, of four plumes: 30 for training, 10 for validation, and the last
    10, which the study did not start from, for *Future*. There are no other plumes: *Domain* is all 50 frames of the
    same four, and not unseen.

    :mod:`symbreak.simulators.scenarios.published` and ``docs/scenarios.md`` say what agrees with the notebook. The flow
    moves by up to 27 cells per step, far more than a look-up along straight lines resolves: these are not accurate
    solutions.

    Args:
        as_published: stores the velocity of lower faces instead of that of cell centres, see :class:`Recipe`.
    """
    long = {"train_frames": 160, "valid_frames": 40, "future_frames": 110, "first_frame": 1}
    short = {"train_frames": 30, "valid_frames": 10, "future_frames": 10, "first_frame": 11}
    sizes = {"translation": 25, "rotation": 25, "scaling": 28}
    recipes = {
        name: Recipe(
            scenario=f"published-{name}",
            strength=1.0,
            train=train,
            test=UNSEEN,
            valid=0,
            as_published=as_published,
            **long,
        )
        for name, train in sizes.items()
    }
    levels = {
        f"level-{level}": Recipe(
            scenario=SCENARIO_OF_LEVELS,
            strength=level / (LEVELS - 1),
            train=4,
            test=4,
            valid=0,
            as_published=as_published,
            **short,
        )
        for level in range(LEVELS)
    }
    return recipes | levels
