"""Where a grid runs, and what it shows of its progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import joblib
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .execute import choose_device
from .scheduling import Backend


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where a grid runs; none of it changes a result on one kind of machine."""

    workers: int = field(default_factory=joblib.cpu_count)
    """Processes that simulate and train side by side; on a Ray cluster, trainings that share one GPU."""
    backend: Backend = "loky"
    """loky: processes on this machine; ray: a Ray cluster, whose nodes share the folders of data and results."""
    device: str = "auto"
    """auto, cpu or cuda; auto trains on CUDA where there is one, and simulates on the CPU, as Ray always does."""
    data_dir: Path = Path("data")
    """Where data sets are, and are put when they are missing."""

    def __post_init__(self):
        if self.workers < 1:
            raise ValueError(f"expected workers >= 1, got {self.workers}")
        if self.backend == "loky" or self.device != "cuda":  # with Ray, other machines than this one have the GPUs
            choose_device(self.device)


def progress_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
    )
