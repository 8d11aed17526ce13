"""The split ``orbit``: states at the onset, moved by every element of the group, evolved where they are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from jaxtyping import Float32

from ..simulators import Draws, Plumes, stack_draws
from .recipes import Recipe, orbit_elements
from .store import stored_fields

Stored = tuple[Float32[np.ndarray, "N T 2 X Y"], Float32[np.ndarray, "N T X Y"]]


def frames_of(recipe: Recipe, run: Iterator[Plumes], draws: Draws) -> Stored:
    """Stores the frames of a run from rest."""
    count, shape = len(draws.center), recipe.shape
    velocity = np.empty((count, recipe.frames, 2, *shape), dtype=np.float32)
    smoke = np.empty((count, recipe.frames, *shape), dtype=np.float32)
    for frame, state in enumerate(islice(run, recipe.first_frame - 1, None)):
        plumes = Plumes(*(part.cpu() for part in state))
        velocity[:, frame], smoke[:, frame] = (field.numpy() for field in stored_fields(recipe, plumes, draws))
    return velocity, smoke


def orbit_of(recipe: Recipe, run: Iterator[Plumes], draws: Draws) -> tuple[np.ndarray, np.ndarray, Draws]:
    """Moves the states at the onset by every element and evolves each in the true environment.

    Before the onset the law is symmetric, so that the moved history is the history of the moved state, exactly.

    Args:
        run: frames of the states, from rest.
        draws: draws of the states.

    Returns:
        Velocity and smoke of ``B |G|`` simulations, the members of one orbit after another in the order of
        :func:`~.recipes.plan.orbit_elements`; and their draws, which move as well.
    """
    scenario, shape, elements = recipe.physics, recipe.shape, orbit_elements(recipe)
    history = list(islice(run, scenario.onset))
    moved = [scenario.act(element, history[-1], draws, shape) for element in elements]
    everyone = stack_draws([member for _, member in moved])
    states = Plumes(*(torch.cat(parts) for parts in zip(*(plumes for plumes, _ in moved), strict=True)))
    after = recipe.last_frame - scenario.onset
    evolved = scenario.evolve(states, everyone, recipe.strength, after, time=scenario.onset)

    def whole() -> Iterator[Plumes]:
        for plumes in history:
            members = (plumes.moved(element) for element in elements)
            yield Plumes(*(torch.cat(parts) for parts in zip(*members, strict=True)))
        yield from evolved

    velocity, smoke = frames_of(recipe, whole(), everyone)
    order = torch.arange(len(everyone.center)).view(len(elements), -1).T.flatten()
    return velocity[order.numpy()], smoke[order.numpy()], Draws(*(part[order] for part in everyone))
