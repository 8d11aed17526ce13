"""From a recipe to files: in chunks, on many cores, resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from ..simulators import simulate, still
from .files import write_atomically
from .finish import finish
from .manifest import MANIFEST
from .measure import equivariance_of_files, measured_steps
from .plan import Chunk, chunks
from .recipe import Recipe
from .stored import stored_fields
from .verify import verify
from .well import Frames, encode

Progress = Callable[[int, int], None]


def generate(
    recipe: Recipe, data_dir: Path | str, *, workers: int = 1, progress: Progress | None = None
) -> Path:
    """Simulates a data set, unless it is there already, and returns its folder.

    Each file holds up to 8 simulations and is written as soon as these are done; a generation that was interrupted
    goes on with the files that are missing. The files do not depend on the number of workers.

    Args:
        recipe: what to simulate.
        data_dir: the folder of all data sets; see :meth:`Recipe.folder`.
        workers: processes, of one thread each.
        progress: called here with the simulation-steps that are done, and their total.

    Raises:
        ValueError: fewer than one worker.
        DataError: a file is damaged, or cannot be written.
    """
    if workers < 1:
        raise ValueError(f"expected at least one worker, got {workers}")
    folder = recipe.folder(data_dir)
    if (folder / MANIFEST).exists():
        verify(folder)
        return folder
    done, total = 0, recipe.last_frame * (recipe.train + recipe.valid + recipe.test) + measured_steps(recipe)
    for chunk in _simulate_missing(recipe, folder, workers):
        done += recipe.last_frame * len(chunk)
        if progress is not None:
            progress(done, total)
    finish(recipe, folder, lambda checksums: equivariance_of_files(folder, recipe, checksums))
    if progress is not None:
        progress(total, total)
    return folder


def simulate_chunk(recipe: Recipe, folder: Path, chunk: Chunk) -> Chunk:
    """Simulates one batch and writes its files; runs in a worker."""
    scenario, draws = recipe.scenario_object(), chunk.draws(recipe)
    box = scenario.box(recipe.resolution)
    run = simulate(still(box, len(chunk)), scenario.law(box, draws, recipe.strength), box, recipe.last_frame)
    velocity = np.empty((len(chunk), recipe.frames, 2, *box.shape), dtype=np.float32)
    smoke = np.empty((len(chunk), recipe.frames, *box.shape), dtype=np.float32)
    for frame, plumes in enumerate(islice(run, recipe.first_frame - 1, None)):
        velocity[:, frame], smoke[:, frame] = (field.numpy() for field in stored_fields(recipe, plumes, draws))
    for name, (start, stop) in chunk.files(recipe).items():
        frames = Frames(velocity[:, start:stop], smoke[:, start:stop])
        write_atomically(folder / name, encode(recipe, frames, draws, recipe.first_frame + start))
    return chunk


def _simulate_missing(recipe: Recipe, folder: Path, workers: int) -> Iterator[Chunk]:
    missing = []
    for chunk in chunks(recipe):
        if all((folder / name).exists() for name in chunk.files(recipe)):
            yield chunk
        else:
            missing.append(chunk)
    jobs = (delayed(simulate_chunk)(recipe, folder, chunk) for chunk in missing)
    yield from Parallel(n_jobs=min(workers, max(len(missing), 1)), return_as="generator_unordered")(jobs)
