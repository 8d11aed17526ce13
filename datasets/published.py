"""The recipes of the original study, at 64x64 with its start frames."""

from __future__ import annotations

from .recipe import Recipe

LEVELS = 10
TRAIN_FRAMES, VALID_FRAMES, FUTURE_FRAMES = 160, 40, 110
UNSEEN = 10


def published_recipes(*, as_published: bool = False) -> dict[str, Recipe]:
    """``translation``, ``rotation``, ``scaling`` and ``level-0 ... level-9``, by name.

    310 frames each. The published start frames were 0-159 for training, 160-199 for validation and 200-249 for
    *Future*, all of the same simulations, whose windows overlapped; here each of these ranges is a file of its own and
    windows stay inside. Ten unseen simulations are *Domain*.

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
