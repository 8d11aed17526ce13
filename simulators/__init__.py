"""Simulators of smoke plumes whose symmetry is broken by a known amount, with the numerics of PhiFlow."""

from .physics.box import Box, centred, divergence
from .physics.pressure import PressureSolve, pressure_solve, project
from .physics.simulate import one_thread_without_denormals, simulate
from .physics.state import Draws, Law, Plumes, stack_draws, still
from .scenarios.registry import get_scenario, list_scenarios
from .scenarios.scenario import Scenario

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
