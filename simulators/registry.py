"""The scenarios by name."""

from __future__ import annotations

from .rotation_buoyancy import ROTATION_BUOYANCY
from .scenario import Scenario

SCENARIOS = {scenario.name: scenario for scenario in (ROTATION_BUOYANCY,)}


def list_scenarios() -> list[Scenario]:
    return list(SCENARIOS.values())


def get_scenario(name: str) -> Scenario:
    """The scenario called ``name``; raises ``ValueError`` for any other name."""
    if name not in SCENARIOS:
        raise ValueError(f"expected a scenario out of {', '.join(SCENARIOS)}, got {name!r}")
    return SCENARIOS[name]
