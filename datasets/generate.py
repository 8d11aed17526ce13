"""Generation of data sets from recipes: in chunks, on many cores, resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from ..simulators import one_thread_without_denormals, still
from .ctrl_c import hidden_ctrl_c
from .measure import equivariance_of_files, measured_steps
from .orbit import frames_of, orbit_of
from .recipes import Chunk, DataError, Recipe, chunks, orbit_elements
from .store import (
    MANIFEST,
    Frames,
    as_lists,
    encode,
    finish,
    floor_of_files,
    is_recorded,
    read_contents,
    verify,
    write_recorded,
)

Progress = Callable[[int, int], None]
RETURN_AS = {"loky": "generator_unordered", "ray": "list"}


def generate(
    recipe: Recipe,
    data_dir: Path | str,
    *,
    workers: int = 1,
    backend: str = "loky",
    device: str = "cpu",
    progress: Progress | None = None,
) -> Path:
    """Simulates a data set, unless it is there already, and returns its folder.

    Each file holds up to 8 simulations and is written as soon as these are done; a generation that was interrupted
    goes on with the files that are missing, or that are not what their recorded checksums say. The files do not depend
    on the number of workers.

    Args:
        recipe: what to simulate.
        data_dir: the folder of all data sets; see :meth:`Recipe.folder`.
        workers: processes, of one thread each.
        backend: ``loky`` for processes of this machine; ``ray`` for a Ray cluster, whose nodes must see ``data_dir``.
        device: what each worker computes on. On another kind of machine the last bits may differ.
        progress: called with the number of simulation steps done, and their total.

    Raises:
        ValueError: fewer than one worker, an unknown backend, or Ray is not installed.
        DataError: a file is damaged, or cannot be written, or a worker was killed.
    """
    if workers < 1:
        raise ValueError(f"expected at least one worker, got {workers}")
    use_backend(backend)
    folder = recipe.folder(data_dir)
    if (folder / MANIFEST).exists():
        verify(folder)
        return folder
    done, total = 0, sum(simulated_steps(recipe, chunk) for chunk in chunks(recipe)) + measured_steps(recipe)
    for chunk in _simulate_missing(recipe, folder, workers, backend, device):
        done += simulated_steps(recipe, chunk)
        if progress is not None:
            progress(done, total)
    contents = read_contents(recipe, folder)
    errors = equivariance_of_files(folder, recipe, contents.checksums)
    floor = floor_of_files(folder, recipe, contents.checksums)
    finish(recipe, folder, contents, equivariance_error=errors, floor=floor and as_lists(floor))
    if progress is not None:
        progress(total, total)
    return folder


def simulated_steps(recipe: Recipe, chunk: Chunk) -> int:
    """Counts the simulation-steps of a batch, for progress bars."""
    members = len(orbit_elements(recipe)) if chunk.simulations == "orbit" else 1
    return recipe.last_frame * len(chunk) * members


@one_thread_without_denormals()
def simulate_chunk(recipe: Recipe, folder: Path, chunk: Chunk, device: str = "cpu") -> Chunk:
    """Simulates one batch and writes its files; runs in a worker."""
    scenario, draws = recipe.physics, chunk.draws(recipe)
    box = scenario.box(recipe.resolution)
    run = scenario.evolve(still(box, len(chunk), device), draws, recipe.strength, recipe.last_frame)
    if chunk.simulations == "orbit":
        velocity, smoke, draws = orbit_of(recipe, run, draws)
    else:
        velocity, smoke = frames_of(recipe, run, draws)
    for name, (start, stop) in chunk.files(recipe).items():
        frames = Frames(velocity[:, start:stop], smoke[:, start:stop])
        write_recorded(folder / name, encode(recipe, frames, draws, recipe.first_frame + start))
    return chunk


def _simulate_missing(recipe: Recipe, folder: Path, workers: int, backend: str, device: str) -> Iterator[Chunk]:
    missing = []
    for chunk in chunks(recipe):
        if all(is_recorded(folder / name) for name in chunk.files(recipe)):
            yield chunk
        else:
            missing.append(chunk)
    jobs = (delayed(simulate_chunk)(recipe, folder, chunk, device) for chunk in missing)
    processes = min(workers, max(len(missing), 1))
    try:
        pool = Parallel(n_jobs=processes, backend=backend, return_as=RETURN_AS[backend])
        with hidden_ctrl_c():
            simulated = cast(Iterator[Chunk], pool(jobs))
        yield from simulated
    except TerminatedWorkerError as error:
        raise DataError(
            f"expected {processes} workers to simulate {folder}, got one that was killed, perhaps for lack of memory: "
            "the same command goes on from what is there"
        ) from error


def use_backend(backend: str) -> None:
    """Makes a backend known to joblib; raises ``ValueError`` where that cannot be done."""
    if backend not in RETURN_AS:
        raise ValueError(f"expected one of the backends {', '.join(RETURN_AS)}, got {backend!r}")
    if backend == "ray":
        try:
            joblib_of_ray = import_module("ray.util.joblib")
        except ImportError as error:
            raise ValueError("expected Ray to be installed (pip install 'symbreak[ray]'), got none") from error
        joblib_of_ray.register_ray()
