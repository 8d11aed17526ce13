"""The recipes of the original study, at 64x64 with its start frames."""

from __future__ import annotations

from .recipe import Recipe

LEVEL_ERRORS = (0.0, 0.17, 0.313, 0.435, 0.541, 0.63, 0.709, 0.78, 0.84, 0.896)
"""What the study gives as the equivariance errors of its ten levels, measured in its own way."""
LEVELS = len(LEVEL_ERRORS)
TRAIN_FRAMES, VALID_FRAMES, FUTURE_FRAMES = 160, 40, 110
UNSEEN = 10


def published_error(recipe: Recipe) -> float | None:
    """What the study gives as the equivariance error of one of its levels; none for any other data set."""
    level = recipe.strength * (LEVELS - 1)
    if recipe.scenario != "published-levels" or abs(level - round(level)) > 1e-9:
        return None
    return LEVEL_ERRORS[round(level)]


def published_recipes(*, as_published: bool = False) -> dict[str, Recipe]:
    """``translation``, ``rotation``, ``scaling`` and ``level-0 ... level-9``, by name.

    310 frames each. The published start frames were 0-159 for training, 160-199 for validation and 200-249 for
    *Future*, all of the same simulations, whose windows overlapped; here each of these ranges is a file of its own and
    windows stay inside. Ten unseen simulations are *Domain*.

    The forces are the study's. They move the flow by more than 10 cells per step, far more than a look-up along
    straight lines resolves: these plumes are what the study simulated, not accurate solutions.

    Args:
        as_published: stores the velocity of lower faces instead of that of cell centres, see :class:`Recipe`.
    """
    frames = {
        "train_frames": TRAIN_FRAMES,
        "valid_frames": VALID_FRAMES,
        "future_frames": FUTURE_FRAMES,
        "valid": 0,
        "first_frame": 1,
        "as_published": as_published,
    }
    sizes = {"translation": 25, "rotation": 26, "scaling": 28}
    recipes = {
        name: Recipe(scenario=f"published-{name}", strength=1.0, train=train, test=UNSEEN, **frames)
        for name, train in sizes.items()
    }
    levels = {
        f"level-{level}": Recipe(
            scenario="published-levels", strength=level / (LEVELS - 1), train=25, test=UNSEEN, **frames
        )
        for level in range(LEVELS)
    }
    return recipes | levels
