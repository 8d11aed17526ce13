"""Grids of runs: presets, tuning, and their execution."""

from .grid import run_grid, run_missing
from .presets import PRESETS, Preset
from .tuning import Search, tune

__all__ = [
    "PRESETS",
    "Preset",
    "Search",
    "run_grid",
    "run_missing",
    "tune",
]
