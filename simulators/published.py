"""The three smoke sets of the original study and its equivariance levels, as far as their description goes.

Wang, Walters, Yu, *Approximately Equivariant Networks for Imperfectly Symmetric Dynamics*, ICML 2022. Strength 1 is
what was published; lower strengths interpolate to equal forces. Lengths are fractions of the published 64 cells. With
forces this large the flow moves up to 25 cells per step, far beyond the CFL number 10 of our own scenarios.
"""

from __future__ import annotations

import torch
from numpy.random import Generator

from ..symmetry import PointElement, Shape
from .box import Box
from .rotation_buoyancy import SIDES
from .scaling_drag import act, drag_by_scale, in_plume_units, render, rescalings
from .scenario import Scenario, cell_centers, law
from .state import Draws, Law, one_draw

CELLS = 64
LAST_FRAME = 310
INFLOW_HEIGHT = 5 / CELLS
WEAK, STRONG = 0.1, 0.2
FORCE_STEP = 0.01
LEVEL_FORCE_STEP = 0.005
FIRST_SCALE, SCALE_STEP = 1.0, 0.1


def draw_translation(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """35 inflows: ``x = 8, 16 ... 56`` and ``y = 5, 10 ... 25`` of 64 cells."""
    row, column = divmod(index, 7)
    center = (shape[0] * 8 * (column + 1) / CELLS, shape[1] * 5 * (row + 1) / CELLS)
    return one_draw(center, (0.0, 1.0), (WEAK + STRONG) / 2)


def force_per_half(box: Box, draws: Draws, strength: float) -> Law:
    """Force 0.1 in the left half and 0.2 in the right; at strength 0 their mean in both."""
    x, _ = cell_centers(box)
    contrast = (STRONG - WEAK) / (STRONG + WEAK) * strength * (x - box.shape[0] / 2).sign()
    return law(box, draws, force=(draws.buoyancy[:, None] * draws.direction)[:, :, None, None] * (1 + contrast))


def draw_rotation(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """36 plumes in turn from the middle of each side; the force of the four sides' ``k``-th round is ``0.04 k``."""
    return _from_side(index, shape, 4 * FORCE_STEP * (index // 4))


def force_per_plume(box: Box, draws: Draws, strength: float) -> Law:
    """Force ``0.01 n`` for the ``n``-th plume: ``0.04 k`` plus 0.01, 0.02, 0.03, 0.04 from side to side, at strength 0
    their mean 0.025."""
    return _with_share_of_side(box, draws, strength, FORCE_STEP)


def draw_level(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Plumes in turn from each side, at random places along it."""
    return _from_side(index, shape, 0.0, generator.uniform(0.25, 0.75))


def force_per_level(box: Box, draws: Draws, strength: float) -> Law:
    """Force 0.005, 0.01, 0.015, 0.02 from side to side; the ten levels are strengths ``0, 1/9 ... 1``."""
    return _with_share_of_side(box, draws, strength, LEVEL_FORCE_STEP)


def draw_scaling(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """38 plumes at scales 1.0, 1.1 ... 4.7 from the middle of the lower wall."""
    return one_draw((shape[0] / 2, shape[1] * INFLOW_HEIGHT), (0.0, 1.0), buoyancy, FIRST_SCALE + SCALE_STEP * index)


def _from_side(index: int, shape: Shape, buoyancy: float, along: float = 0.5) -> Draws:
    x, y = shape if index % 2 == 0 else shape[::-1]
    return one_draw((x * along, y * INFLOW_HEIGHT), (0.0, 1.0), buoyancy).moved(PointElement(index), (x, y))


def _with_share_of_side(box: Box, draws: Draws, strength: float, step: float) -> Law:
    """Force ``b + step (1, 2, 3, 4)`` for plumes that rise up, left, down, right; at strength 0 ``b + 2.5 step``."""
    side = (draws.direction @ SIDES.T).argmax(1)
    magnitude = draws.buoyancy + step * (2.5 + strength * (side.to(torch.float64) - 1.5))
    return law(box, draws, force=(magnitude[:, None] * draws.direction)[:, :, None, None])


PUBLISHED_TRANSLATION = Scenario(
    name="published-translation",
    symmetry="translation",
    group="shift-x",
    boundary=("closed", "closed"),
    description="the 35 plumes of the original study; closed walls break the symmetry at every strength; CFL 21",
    draw=draw_translation,
    law=force_per_half,
    last_frame=LAST_FRAME,
    plumes=35,
)

PUBLISHED_ROTATION = Scenario(
    name="published-rotation",
    symmetry="rotation",
    group="C4",
    boundary=("closed", "closed"),
    description="the 36 plumes of the original study, from four sides with growing force; CFL 25",
    draw=draw_rotation,
    law=force_per_plume,
    last_frame=LAST_FRAME,
    plumes=36,
)

PUBLISHED_SCALING = Scenario(
    name="published-scaling",
    symmetry="scaling",
    group="dilation",
    boundary=("closed", "closed"),
    description="38 plumes at the scales of the original study, broken by our scale-dependent drag",
    draw=draw_scaling,
    law=drag_by_scale,
    last_frame=LAST_FRAME,
    plumes=38,
    act=act,
    render=render,
    observe=in_plume_units,
    probes=rescalings,
)

PUBLISHED_LEVELS = Scenario(
    name="published-levels",
    symmetry="rotation",
    group="C4",
    boundary=("closed", "closed"),
    description="the ten equivariance levels of the original study: strengths 0, 1/9 ... 1; CFL 12",
    draw=draw_level,
    law=force_per_level,
    last_frame=LAST_FRAME,
)
