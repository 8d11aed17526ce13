"""What a data set shows: how much of its symmetry is broken, and how well the flow keeps to its equations."""

from __future__ import annotations

from pathlib import Path

from ..simulators import one_thread_without_denormals, simulate, still
from ..simulators.box import divergence
from .manifest import read_manifest
from .measure import measure
from .plan import chunks
from .published import published_error
from .recipe import Recipe


def evidence(path: Path | str) -> dict[str, str | float | None]:
    """One row of a table of simulated data sets: ``scenario, strength, EE_<n>, published, largest_divergence,
    largest_cfl, hash``.

    ``EE_n`` is :func:`measure` of the files, ``published`` the error that the original study gives for its levels,
    measured in its own way; for the others see :func:`extremes`.

    Raises:
        DataError: a file is missing or damaged, or the data are imported.
    """
    errors = {f"EE_{n}": error for n, error in measure(path).items()}
    recipe = read_manifest(path).recipe
    largest_divergence, largest_cfl = extremes(recipe)
    return {
        "scenario": recipe.scenario,
        "strength": recipe.strength,
        **errors,
        "published": published_error(recipe),
        "largest_divergence": largest_divergence,
        "largest_cfl": largest_cfl,
        "hash": recipe.hash,
    }


@one_thread_without_denormals()
def extremes(recipe: Recipe) -> tuple[float, float]:
    """The largest ``|div u|`` of a cell, per step, and the largest component of the velocity on a face, in cells per
    step, which is the CFL number: over all simulations of a recipe, simulated again from rest to the last frame."""
    largest_divergence = largest_cfl = 0.0
    for chunk in chunks(recipe):
        law = recipe.scenario_object().law(recipe.box, chunk.draws(recipe), recipe.strength)
        for plumes in simulate(still(recipe.box, len(chunk)), law, recipe.box, recipe.last_frame):
            largest_divergence = max(largest_divergence, divergence(plumes.faces).abs().max().item())
            largest_cfl = max(largest_cfl, *(component.abs().max().item() for component in plumes.faces))
    return largest_divergence, largest_cfl
