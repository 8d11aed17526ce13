"""What a data set shows: how much of its symmetry is broken, and how well the flow keeps to its equations."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from ..simulators import Draws, Plumes, one_thread_without_denormals, simulate, still
from ..simulators.box import divergence
from ..symmetry import Element, equivariance_error
from .manifest import read_manifest
from .measure import measure, measured_chunks, observed
from .plan import chunks
from .published import published_error
from .recipe import Recipe

STEPS_FROM_REST = 60


def evidence(path: Path | str) -> dict[str, str | float | None]:
    """One row of a table of simulated data sets: ``scenario, last_frame, strength, EE_<n>, from_rest_60,
    published, largest_divergence, largest_cfl, hash``.

    ``EE_n`` is :func:`measure` of the files, ``published`` the error that the original study gives for its levels,
    measured in its own way; for the others see :func:`error_from_rest` and :func:`extremes`.

    Raises:
        DataError: a file is missing or damaged, or the data are imported.
    """
    errors = {f"EE_{n}": error for n, error in measure(path).items()}
    recipe = read_manifest(path).recipe
    largest_divergence, largest_cfl = extremes(recipe)
    return {
        "scenario": recipe.scenario,
        "last_frame": recipe.last_frame,
        "strength": recipe.strength,
        **errors,
        f"from_rest_{STEPS_FROM_REST}": error_from_rest(recipe),
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


@one_thread_without_denormals()
def error_from_rest(recipe: Recipe, steps: int = STEPS_FROM_REST) -> float:
    """``EE_n`` where ``x`` is rest, of the test simulations: how far whole histories have come apart after ``n`` steps,
    relative to the velocity, because nothing has moved before."""
    scenario, box = recipe.scenario_object(), recipe.box

    def act(element: Element, parts: list[tuple[Plumes, Draws]]) -> list[tuple[Plumes, Draws]]:
        return [scenario.act(element, *part, recipe.shape) for part in parts]

    def evolve(parts: list[tuple[Plumes, Draws]]) -> Float[Tensor, "B 1 2 X Y"]:
        ends = []
        for plumes, draws in parts:
            run = simulate(plumes, scenario.law(box, draws, recipe.strength), box, steps)
            ends += [observed(recipe, end, draws) for end in islice(run, steps - 1, None)]
        return torch.cat(ends)[:, None]

    parts = [(still(box, len(chunk)), chunk.draws(recipe)) for chunk in measured_chunks(recipe)]
    rest = torch.cat([observed(recipe, *part) for part in parts])
    return equivariance_error(evolve, act, parts, rest, scenario.probes(scenario.group, recipe.shape)).item()
