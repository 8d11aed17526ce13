"""The scenarios by name."""

from __future__ import annotations

from .onset import ONSETS, TRANSLATION_RISE
from .published import PUBLISHED_LEVELS, PUBLISHED_ROTATION, PUBLISHED_SCALING, PUBLISHED_TRANSLATION
from .reflection_tilt import REFLECTION_TILT
from .rotation_boundary import ROTATION_BOUNDARY
from .rotation_buoyancy import ROTATION_BUOYANCY
from .scaling_drag import SCALING_DRAG
from .scenario import Scenario
from .translation_boundary import TRANSLATION_BOUNDARY, TRANSLATION_BOUNDARY_BAND
from .translation_buoyancy import TRANSLATION_BUOYANCY, TRANSLATION_BUOYANCY_SHARP

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        ROTATION_BUOYANCY,
        ROTATION_BOUNDARY,
        TRANSLATION_BUOYANCY,
        TRANSLATION_BUOYANCY_SHARP,
        TRANSLATION_BOUNDARY,
        TRANSLATION_BOUNDARY_BAND,
        TRANSLATION_RISE,
        REFLECTION_TILT,
        SCALING_DRAG,
        *ONSETS,
        PUBLISHED_TRANSLATION,
        PUBLISHED_ROTATION,
        PUBLISHED_SCALING,
        PUBLISHED_LEVELS,
    )
}


def list_scenarios() -> list[Scenario]:
    return list(SCENARIOS.values())


def get_scenario(name: str) -> Scenario:
    """Looks up the scenario called ``name``; raises ``ValueError`` for any other name."""
    if name not in SCENARIOS:
        raise ValueError(f"expected one of the scenarios {', '.join(SCENARIOS)}, got {name!r}")
    return SCENARIOS[name]
