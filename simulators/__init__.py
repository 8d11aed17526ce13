"""Simulators of smoke plumes whose symmetry is broken by a known amount, with the numerics of PhiFlow."""

from .physics import (
    Box,
    Draws,
    Law,
    Plumes,
    PressureSolve,
    centred,
    divergence,
    one_thread_without_denormals,
    pressure_solve,
    project,
    simulate,
    stack_draws,
    still,
)
from .scenarios import Scenario, get_scenario, list_scenarios

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
