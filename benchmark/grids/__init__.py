"""Grids of runs: presets, tuning, and their execution. What is exported is imported when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
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
_MODULES = {
    "PRESETS": "presets",
    "Preset": "presets",
    "Search": "tuning",
    "run_grid": "grid",
    "run_missing": "grid",
    "tune": "tuning",
}
__getattr__ = exports(__name__, _MODULES)
