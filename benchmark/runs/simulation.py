"""Simulates the data that a grid lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.progress import Progress

from ...datasets import Imported, Recipe, find_imported, generate
from .machine import Machine


def generate_all(
    recipes: Sequence[Recipe | Imported],
    machine: Machine,
    progress: Progress,
    imports: Mapping[str, Path] | None = None,
) -> dict[str, Path]:
    """The data set of each recipe, by the recipe's hash; those that exist are taken as they are, imported ones from
    ``imports`` or else from below ``machine.data_dir``.

    Raises:
        DataError: an imported data set that is not there, before anything is simulated; or see :func:`generate`.
    """
    given, imported = imports or {}, [recipe for recipe in recipes if not recipe.is_simulated]
    paths = {each.hash: given.get(each.hash) or find_imported(each, machine.data_dir) for each in imported}
    for recipe in (recipe for recipe in recipes if recipe.hash not in paths):
        task = progress.add_task(f"simulate {recipe.scenario} {recipe.strength:g}", total=None)

        def report(done: int, total: int, task=task) -> None:
            progress.update(task, completed=done, total=total)

        paths[recipe.hash] = generate(
            recipe,
            machine.data_dir,
            workers=machine.workers,
            progress=report,
            backend=machine.backend,
            device="cuda" if machine.device == "cuda" and machine.backend == "loky" else "cpu",
        )
        progress.remove_task(task)
    return paths
