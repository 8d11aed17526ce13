"""Hidden asymmetry: scenarios whose law is symmetric until a frame, and breaks the symmetry from there on.

A strict network pays for a wrong symmetry only where states that the group relates both occur and have different
futures. At the onset they do: the flow until then has every symmetry of the box, so that no history which ends there
reveals which force is about to act.

Source: Wang, Park, Sortur, Wong, Walters & Platt 2023, "A general theory of correct, incorrect and extrinsic
equivariance".
"""

from __future__ import annotations

from dataclasses import replace
from math import pi

import torch
from numpy.random import Generator

from ...symmetry import Shape
from ..physics import Box, Draws, Law, one_draw
from .reflection_tilt import REFLECTION_TILT
from .rotation_boundary import ROTATION_BOUNDARY
from .rotation_buoyancy import ROTATION_BUOYANCY
from .scenario import SPREAD, Scenario, cell_centers, law
from .translation_boundary import TRANSLATION_BOUNDARY_BAND
from .translation_buoyancy import LARGEST_CONTRAST, TRANSLATION_BUOYANCY

ONSET = 20
"""Steps from rest under the symmetric law."""


def from_onset(scenario: Scenario, hidden: str) -> Scenario:
    """Makes the scenario in which the law at strength 0 acts for :data:`ONSET` steps, and then that of the data.

    Args:
        scenario: the scenario in which the law acts from rest.
        hidden: what a history that ends at the onset does not show.
    """
    return replace(
        scenario,
        name=f"{scenario.name}-onset",
        description=f"{scenario.description}, from frame {ONSET} on",
        onset=ONSET,
        hidden=hidden,
        reveals="after the onset, speed and shape of the plume, the more the later",
    )


def draw_sideways(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Draws a plume that rises along x, around a box that is periodic there: place and force."""
    center = (shape[0] * generator.uniform(), shape[1] * generator.uniform(0.3, 0.7))
    return one_draw(center, (1.0, 0.0), buoyancy * generator.uniform(*SPREAD))


def force_along_the_rise(box: Box, draws: Draws, strength: float) -> Law:
    """Applies force ``b (1 - 0.8 eps cos(2 pi x / X))`` along x: it changes while the plume rises through it."""
    x, _ = cell_centers(box)
    modulation = LARGEST_CONTRAST * strength * -torch.cos(2 * pi * x / box.shape[0])
    return law(box, draws, force=(draws.buoyancy[:, None] * draws.direction)[:, :, None, None] * (1 + modulation))


TRANSLATION_RISE = Scenario(
    name="translation-rise",
    symmetry="translation",
    group="shift-x",
    boundary=("periodic", "closed"),
    description="plumes that rise along the periodic direction; the buoyancy varies along their way",
    draw=draw_sideways,
    law=force_along_the_rise,
    hidden="where along the period the plume is, but for what the flow so far shows of it",
    reveals="the speed of a plume, which is that of the forces that it has met",
)
ONSETS = (
    from_onset(ROTATION_BUOYANCY, "which wall the plume comes from, and so how strong its force will be"),
    from_onset(ROTATION_BOUNDARY, "which half of the box is about to drag on the flow"),
    from_onset(TRANSLATION_BUOYANCY, "where along the period the plume is, and so how strong its force will be"),
    from_onset(TRANSLATION_BOUNDARY_BAND, "how far away the band is that is about to damp the flow"),
    from_onset(REFLECTION_TILT, "to which side the force is about to be tilted"),
    from_onset(TRANSLATION_RISE, "where along the period the plume is, and so which forces it will meet"),
)
