"""Evidence about a data set: how much of its symmetry is broken, and how well the flow obeys its equations."""

from __future__ import annotations

from pathlib import Path

import torch

from ..simulators import Scenario, divergence, one_thread_without_denormals, still
from ..symmetry import probes
from .measure import measure, measured_chunks, read_simulated, start_frames
from .recipes import Recipe, chunks, level_error, published_error

RENDERED_STEPS = (1, 10)


def evidence(path: Path | str) -> dict[str, str | float | None]:
    """Computes one row of a table of simulated data sets: ``scenario, last_frame, strength, EE_<n>, rendered_EE_<n>,
    rendered_of_velocity, level_error, published, largest_divergence, largest_cfl, hash``.

    ``EE_n`` is :func:`measure` of the files, ``published`` the error that the original study reports for its levels,
    and ``level_error`` ours, measured as the study did; for the others see :func:`rendered_errors` and
    :func:`extremes`.

    Raises:
        DataError: a file is missing or damaged, or the data are imported.
    """
    errors = {f"EE_{n}": error for n, error in measure(path).items()}
    recipe, _ = read_simulated(path)
    largest_divergence, largest_cfl = extremes(recipe)
    return {
        "scenario": recipe.scenario,
        "last_frame": recipe.last_frame,
        "strength": recipe.strength,
        **errors,
        **rendered_errors(recipe),
        "level_error": level_error(recipe),
        "published": published_error(recipe),
        "largest_divergence": largest_divergence,
        "largest_cfl": largest_cfl,
        "hash": recipe.hash,
    }


@one_thread_without_denormals()
def extremes(recipe: Recipe) -> tuple[float, float]:
    """Computes the largest ``|div u|`` of a cell, per step, and the largest velocity component on a face, in cells per
    step, which is the CFL number: over all simulations of a recipe, simulated again from rest to the last frame."""
    largest_divergence = largest_cfl = 0.0
    for chunk in chunks(recipe):
        rest, draws = still(recipe.box, len(chunk)), chunk.draws(recipe)
        for plumes in recipe.physics.evolve(rest, draws, recipe.strength, recipe.last_frame):
            largest_divergence = max(largest_divergence, divergence(plumes.faces).abs().max().item())
            largest_cfl = max(largest_cfl, *(component.abs().max().item() for component in plumes.faces))
    return largest_divergence, largest_cfl


@one_thread_without_denormals()
def rendered_errors(recipe: Recipe) -> dict[str, float | None]:
    """Computes the error on frames rendered at a scale, for data whose ``EE_n`` is measured before (``observe``)::

        rendered_EE_n          rms_(x,g) ||F^n(g x) - g F^n(x)|| / rms_x ||F^n(x) - x||,      n = 1, 10
        rendered_of_velocity   the same difference / rms_(x,g) ||F^n(g x)||,                  n = 10

    with ``x`` as in :func:`measure` and ``g`` the dilations of frames, whose interpolation is part of the difference.
    Models see nothing but rendered frames: compare their error with this, not with ``EE_n``. None for data that are not
    rendered, and where there are no more than ten frames.
    """
    names = [*(f"rendered_EE_{n}" for n in RENDERED_STEPS), "rendered_of_velocity"]
    scenario, horizon = recipe.physics, max(RENDERED_STEPS)
    frames = [recipe.first_frame + frame for frame in start_frames(recipe, horizon)]
    if scenario.render is Scenario.render or not frames:
        return dict.fromkeys(names)
    dilations = probes(scenario.group, recipe.shape)
    miss, change, moved = torch.zeros(3, horizon, dtype=torch.float64)
    for chunk in measured_chunks(recipe):
        draws = chunk.draws(recipe)
        rest = still(recipe.box, len(chunk))
        history = list(scenario.evolve(rest, draws, recipe.strength, frames[-1] + horizon))
        for frame in frames:
            start, *following = (scenario.render(plumes, draws)[0] for plumes in history[frame - 1 : frame + horizon])
            following = torch.stack(following)
            change += (following - start).square().sum((1, 2, 3, 4))
            for dilation in dilations:
                plumes, dilated = scenario.act(dilation, history[frame - 1], draws, recipe.shape)
                run = scenario.evolve(plumes, dilated, recipe.strength, horizon)
                after = torch.stack([scenario.render(plumes, dilated)[0] for plumes in run])
                miss += (after - dilation.vector(following)).square().sum((1, 2, 3, 4)) / len(dilations)
                moved += after.square().sum((1, 2, 3, 4)) / len(dilations)
    by_change = (miss / change).sqrt()
    errors = [*(by_change[n - 1] for n in RENDERED_STEPS), (miss / moved).sqrt()[-1]]
    return {name: error.item() for name, error in zip(names, errors, strict=True)}
