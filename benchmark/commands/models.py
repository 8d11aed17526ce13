"""Commands on models, and on speed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from tyro.conf import Positional

from ...models import check_model, default_task, get_model, list_models, load_model_file
from ...models.containment import contained, reason
from ..records.configuration import LARGEST_BATCH, check_count
from .command import CommandFailed
from .console import CONSOLE

LARGEST_GRID = 1024
LARGEST_ROLLOUT = 1000


@dataclass(frozen=True)
class Check:
    """Check that a model obeys the contract, and which symmetries it has."""

    model: Positional[str | None] = None
    """Name of the model."""
    all: bool = False
    """Check every model whose packages are installed, instead of one."""
    model_file: Path | None = None
    """Python file that registers the model, if it is yours."""
    cells: int | None = None
    """Cells along each side of the grid; by default 24, or the next number that the model is made for."""

    def __call__(self) -> None:
        if self.all == (self.model is not None):
            raise ValueError(f"expected the name of a model or --all, got {'both' if self.all else 'neither'}")
        check_count("cells", self.cells, LARGEST_GRID)
        if self.model_file:
            load_model_file(self.model_file)
        names = [entry.name for entry in list_models() if entry.usable] if self.model is None else [self.model]
        with TemporaryDirectory() as simulations:
            failed = [name for name in names if not self._passes(name, Path(simulations))]
        if failed:
            raise CommandFailed(f"expected {', '.join(failed)} to obey the contract, got the failures listed above")

    def _passes(self, name: str, simulations: Path) -> bool:
        report = check_model(name, default_task(get_model(name), cells=self.cells))
        CONSOLE.print(str(report), highlight=False)
        return report.passed and _above_floor(name, simulations)


def _above_floor(name: str, data_dir: Path) -> bool:
    """Says whether a strict model stays above the floor of every hidden asymmetry, a line for each."""
    from ..submissions.floor import ROUNDING, SIMULATIONS, floor_margins

    cells = SIMULATIONS.resolution
    if not get_model(name).fits((cells, cells)):
        CONSOLE.print(f"not measured: the floor, on {cells} x {cells} cells, which {name} is not made for")
        return True
    try:
        with contained():
            margins = floor_margins(name, data_dir)
    except Exception as error:
        CONSOLE.print(f"FAIL floor: expected errors on whole orbits, got {reason(error)}", highlight=False)
        return False
    passed = True
    for scenario, margin in margins.items():
        above = margin >= 1 - ROUNDING
        expected = f"floor of {scenario}: {'' if above else 'expected '}errors on whole orbits not below it"
        CONSOLE.print(f"ok   {expected}" if above else f"FAIL {expected}, got {margin:.3f} of it", highlight=False)
        passed = passed and above
    return passed


@dataclass(frozen=True)
class Bench:
    """Measure the speed of simulation, of training, or of tables and figures.

    Simulation and training are timed beside a baseline in the same run: PhiFlow's own loop, a bare stack of
    convolutions.
    """

    what: Positional[Literal["simulate", "train", "results"]]
    """A simulation step, a training step of each model on one thread, or the tables of 100,000 rows of results."""
    models: tuple[str, ...] = (
        "equiv-rotation",
        "rpp-rotation",
        "rgroup-rotation",
        "rsteer-rotation",
        "rgroup-translation",
    )
    """Models to train."""
    batch: int = 8
    """Windows per optimisation step of training."""
    rollout: int = 6
    """Autoregressive steps in the loss of training."""
    device: str = "auto"
    """Where to simulate or train: auto, cpu or cuda; on cuda, simulation is also measured in batches of 400."""
    out: Path | None = None
    """Folder for the table and, for simulation, the figure; results/bench if none is given."""

    def __call__(self) -> None:
        default = Bench(self.what)
        ignored = [name for name in ("models", "batch", "rollout") if getattr(self, name) != getattr(default, name)]
        if ignored and self.what != "train":
            raise ValueError(f"expected --{ignored[0]} for bench train alone, got it for bench {self.what}")
        check_count("batch", self.batch, LARGEST_BATCH)
        check_count("rollout", self.rollout, LARGEST_ROLLOUT)
        from ..bench.bench import measure_speed
        from ..bench.speed import write_bench

        table = measure_speed(self.what, self.models, self.batch, self.rollout, self.device)
        CONSOLE.print(table.to_string(index=False, float_format="{:.3g}".format), soft_wrap=True, highlight=False)
        for path in write_bench(table, self.what, self.out or Path("results") / "bench"):
            CONSOLE.print(str(path), soft_wrap=True)
