"""Runs a benchmark from data to tables and figures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console

from ..aggregation.loaded import load
from ..figures.folder import plot_folder
from ..figures.plumes import plot_plumes
from ..records.records import RunRecord
from ..runs.machine import Machine
from ..tables.leaderboard import write_leaderboard
from .grid import run_grid
from .presets import Preset


@dataclass(frozen=True)
class Finished:
    """Holds what :func:`run` has made."""

    records: list[RunRecord]
    """Records of the runs that were missing, including those that failed."""
    leaderboard: pd.DataFrame
    """Leaderboard of all runs in the folder, see :func:`~..tables.leaderboard.write_leaderboard`."""
    figures: list[Path]
    """Paths of the files of all figures."""


def run(
    preset: Preset,
    out: str | Path | None = None,
    machine: Machine | None = None,
    console: Console | None = None,
    model_file: str | Path | None = None,
    overwrite: bool = False,
) -> Finished:
    """Generates the data of a preset, trains and evaluates its models, and writes tables and figures.

    Args:
        preset: the grid of runs.
        out: results folder; ``results/<preset>`` if none is given.
        machine: where to run; all cores of this machine if none is given.
        console: shows the progress; silent if none is given.
        model_file: a Python file that registers models of the user, which join those of the preset.
        overwrite: repeats runs that are done already.

    Raises:
        ValueError: as :func:`~.grid.run_grid` does; or no run in the folder finished.
    """
    out, machine = Path(out or Path("results") / preset.name), machine or Machine()
    records = run_grid(preset, out, machine, console, model_file, overwrite)
    loaded = load(out)
    leaderboard = write_leaderboard(loaded)
    figures = plot_folder(loaded, workers=machine.workers)
    plot_plumes(preset.recipes(), out / "figures")
    return Finished(records, leaderboard, figures)
