"""The equivariance error of stored data, measured by restarting the simulator from moved states."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from ..simulators import Draws, Plumes, one_thread_without_denormals, still
from ..symmetry import Element, equivariance_error
from .recipes import Chunk, DataError, DataSource, Recipe, chunks
from .store import decode, read_bytes, read_manifest, stored_fields

STEPS = (1, 5, 10, 20)
START_FRAMES = (0, 20)
LARGEST_SAMPLE = 16
ROUNDING = 1e-6


@dataclass(frozen=True)
class Start:
    """Holds plumes to continue from: their state, their draws, and the frames that follow, if they are stored."""

    plumes: Plumes
    draws: Draws
    following: Float[Tensor, "B N 2 X Y"] | None


def measure(path: Path | str, *, steps: tuple[int, ...] = STEPS) -> dict[int, float]:
    """Measures ``EE_n`` of a data set, see :func:`~symbreak.symmetry.equivariance_error`, by ``n``.

    The test simulations (the first 16) are simulated again up to stored frames 0 and 20. From there ``g F^n(x)`` is
    read from the files and ``F^n(g x)`` is simulated, so what is measured is what is on disk. (Scenarios that name
    units in which their group acts without interpolation, :attr:`Scenario.observe`, are measured in these; that the
    files hold the same simulations is checked all the same.) Step numbers for which there are not enough frames are
    left out.

    Raises:
        DataError: a file is missing or damaged, or holds something other than what the recipe simulates.
        ValueError: a step number below 1.
    """
    recipe, files = read_simulated(path)
    return equivariance_of_files(Path(path), recipe, files, steps)


def read_simulated(path: Path | str) -> tuple[Recipe, dict[str, str]]:
    """Reads the recipe of a simulated data set and the SHA-256 of each of its files.

    Raises:
        DataError: there is no manifest, or it is damaged, or the data are imported.
    """
    manifest = read_manifest(path)
    if not isinstance(manifest.recipe, Recipe):
        raise DataError(f"expected simulated data in {path}, got imported ones, which have an asymmetry instead")
    return manifest.recipe, manifest.files


@one_thread_without_denormals()
def equivariance_of_files(
    folder: Path, recipe: Recipe, files: dict[str, str], steps: tuple[int, ...] = STEPS
) -> dict[int, float]:
    """Does the work of :func:`measure`, also for a data set whose manifest is not written yet."""
    if min(steps, default=1) < 1:
        raise ValueError(f"expected steps of at least 1, got {min(steps)}")
    steps = tuple(n for n in steps if n < recipe.frames)
    if not steps:
        return {}
    horizon = max(steps)
    starts = [start for chunk in measured_chunks(recipe) for start in _starts(folder, recipe, files, chunk, horizon)]
    scenario, shape = recipe.physics, recipe.shape

    def act(element: Element, parts: list[Start]) -> list[Start]:
        return [Start(*scenario.act(element, part.plumes, part.draws, shape), None) for part in parts]

    def evolve(parts: list[Start]) -> Float[Tensor, "B N 2 X Y"]:
        return torch.cat([_run_on(part, recipe, horizon) for part in parts])

    initial = torch.cat([compared_velocity(recipe, start.plumes, start.draws) for start in starts])
    errors = equivariance_error(evolve, act, starts, initial, scenario.probes(scenario.group, shape))
    return {n: errors[n - 1].item() for n in steps}


def compared_velocity(recipe: Recipe, plumes: Plumes, draws: Draws) -> Float[Tensor, "B 2 X Y"]:
    """Returns the velocity in which the error is measured: the stored one, unless the scenario says otherwise."""
    observe = recipe.physics.observe
    return stored_fields(recipe, plumes, draws)[0] if observe is None else observe(plumes, draws)


def measured_chunks(recipe: DataSource) -> list[Chunk]:
    return [chunk for chunk in chunks(recipe) if chunk.simulations == "test" and chunk.last <= LARGEST_SAMPLE]


def measured_steps(recipe: Recipe) -> int:
    """Counts the simulation-steps that the measurement takes, for progress bars."""
    horizon = max(n for n in STEPS if n < recipe.frames)
    starts = start_frames(recipe, horizon)
    scenario = recipe.physics
    elements = len(scenario.probes(scenario.group, recipe.shape))
    again = recipe.first_frame + starts[-1]
    return sum(len(chunk) for chunk in measured_chunks(recipe)) * (again + len(starts) * elements * horizon)


def _starts(folder: Path, recipe: Recipe, files: dict[str, str], chunk: Chunk, horizon: int) -> list[Start]:
    """Simulates a chunk again and pairs its states with the stored frames that follow them."""
    (name,) = chunk.files(recipe)
    stored = torch.from_numpy(decode(read_bytes(folder / name, files[name]), str(folder / name)).velocity)
    frames = start_frames(recipe, horizon)
    scenario, draws = recipe.physics, chunk.draws(recipe)
    run = scenario.evolve(still(recipe.box, len(chunk)), draws, recipe.strength, recipe.first_frame + frames[-1])
    starts = []
    for frame, plumes in enumerate(islice(run, recipe.first_frame - 1, None)):
        difference = (stored_fields(recipe, plumes, draws)[0] - stored[:, frame]).abs().max().item()
        if difference > ROUNDING * stored.abs().max().item():
            raise DataError(
                f"expected the frames of the recipe in {folder / name}, got a difference of {difference:.1e} "
                f"in frame {frame}: the file was computed by another version or on another kind of machine"
            )
        if frame in frames:
            following = stored[:, frame + 1 : frame + 1 + horizon].double()
            starts.append(Start(plumes, draws, following if scenario.observe is None else None))
    return starts


def start_frames(recipe: DataSource, horizon: int) -> tuple[int, ...]:
    """Lists the stored frames from which the error over ``horizon`` steps is measured: the onset, where the asymmetry
    has one."""
    frames = START_FRAMES if recipe.onset is None else (recipe.onset,)
    return tuple(frame for frame in frames if frame + horizon < recipe.frames)


def _run_on(start: Start, recipe: Recipe, horizon: int) -> Float[Tensor, "B N 2 X Y"]:
    if start.following is not None:
        return start.following
    run = recipe.physics.evolve(start.plumes, start.draws, recipe.strength, horizon, time=recipe.physics.onset)
    return torch.stack([compared_velocity(recipe, plumes, start.draws) for plumes in run], 1)
