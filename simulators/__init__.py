"""Smoke plumes whose symmetry is broken by a known amount, computed as PhiFlow computes them."""

from .box import Box, centred, divergence
from .pressure import PressureSolve, pressure_solve, project
from .registry import get_scenario, list_scenarios
from .scenario import Scenario
from .simulate import one_thread_without_denormals, simulate
from .state import Draws, Law, Plumes, stack_draws, still

__all__ = [
    "Box",
    "Draws",
    "Law",
    "Plumes",
    "PressureSolve",
    "Scenario",
    "centred",
    "divergence",
    "get_scenario",
    "list_scenarios",
    "one_thread_without_denormals",
    "pressure_solve",
    "project",
    "simulate",
    "stack_draws",
    "still",
]
