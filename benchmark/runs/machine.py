"""The machine to run on, the progress shown there, and the generation of data that are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import joblib
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ...datasets import DataSource, find_imported, generate
from ..records.configuration import check_count
from .execute import choose_device
from .scheduling import Backend

LARGEST_WORKERS = 1024


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where to run; on one kind of machine none of these options changes a result."""

    workers: int = field(default_factory=joblib.cpu_count)
    """Number of processes that simulate and train side by side; on a Ray cluster, of trainings that share one GPU."""
    backend: Backend = "loky"
    """loky: processes on this machine; ray: a Ray cluster, whose nodes share the folders of data and results."""
    device: str = "auto"
    """auto, cpu or cuda; auto trains on CUDA where there is one, and simulates on the CPU, as Ray always does."""
    data_dir: Path = Path("data")
    """Folder of the data sets; those that are missing are written there."""

    def __post_init__(self):
        check_count("workers", self.workers, LARGEST_WORKERS)
        if self.backend == "loky" or self.device != "cuda":  # with Ray, other machines than this one have the GPUs
            choose_device(self.device)


def progress_bar(console: Console) -> Progress:
    """Makes a display with one bar per task: what it does, how much of it is done, and the time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
    )


def generate_all(
    recipes: Sequence[DataSource],
    machine: Machine,
    progress: Progress,
    imports: Mapping[str, Path] | None = None,
) -> dict[str, Path]:
    """Generates the data set of each recipe, and returns their folders by hash. Those that exist are taken as they are;
    imported ones from ``imports``, or else from below ``machine.data_dir``.

    Raises:
        DataError: an imported data set is missing, noticed before anything is simulated; or as :func:`generate`.
    """
    given, imported = imports or {}, [recipe for recipe in recipes if not recipe.is_simulated]
    paths = {each.hash: given.get(each.hash) or find_imported(each, machine.data_dir) for each in imported}
    for recipe in (each for each in recipes if each.hash not in paths):
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
