"""One step of a plume, its pressure solve, and runs of many steps. Knows no scenario.

The same step in PhiFlow, :mod:`.plume`, is imported where it is used: it takes long to load.
"""

from .box import Box, centred, divergence
from .finer_grid import on_finer_grids
from .pressure import PressureSolve, openness, pressure_solve, project
from .simulate import one_thread_without_denormals, simulate
from .state import Draws, Law, Plumes, one_draw, stack_draws, still

__all__ = [
    "Box",
    "Draws",
    "Law",
    "Plumes",
    "PressureSolve",
    "centred",
    "divergence",
    "on_finer_grids",
    "one_draw",
    "one_thread_without_denormals",
    "openness",
    "pressure_solve",
    "project",
    "simulate",
    "stack_draws",
    "still",
]
