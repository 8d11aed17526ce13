"""The smoke plumes of the original study, as its public notebook defines them.

Wang, Walters, Yu, *Approximately Equivariant Networks for Imperfectly Symmetric Dynamics*, ICML 2022; notebook
``data_gen.ipynb`` of Rose-STL-Lab/Approximately-Equivariant-Nets, commit 0522ae8, and an older version of it, commit
4e7e82c, ``.ipynb_checkpoints/data_gen-checkpoint.ipynb``. Their physics differ in the forces of the rotation set alone,
where we follow the older one.
Strength 1 has the notebook's forces, lower strengths interpolate to equal ones. Lengths are fractions of its 64 cells.
``docs/scenarios.md`` says what differs from the notebook.
"""

from __future__ import annotations

from numpy.random import Generator

from ...symmetry import PointElement, Shape
from ..physics import Box, Draws, Law, on_finer_grids, one_draw
from .rotation_buoyancy import side
from .scaling_drag import act, in_plume_units, rescalings
from .scenario import Scenario, law
from .translation_buoyancy import force_per_half

TRANSLATION_TRAINED = (
    (48, 10), (56, 10), (8, 20), (40, 5), (56, 25), (48, 20), (48, 5), (16, 20), (56, 5), (32, 10), (56, 15), (16, 5),
    (40, 15), (40, 25), (48, 25), (48, 15), (24, 10), (56, 20), (32, 15), (16, 15), (8, 10), (24, 15), (8, 15),
    (32, 25), (8, 5),
)  # fmt: skip
TRANSLATION_UNSEEN = ((32, 20), (32, 5), (24, 20), (16, 25), (24, 5), (16, 10), (40, 20), (8, 25), (24, 25), (40, 10))
"""Inflows of the study's simulations, in cells (``run_model.py`` of the repository)."""
ROTATION_TRAINED = (27, 33, 3, 28, 9, 12, 22, 8, 30, 25, 16, 11, 23, 29, 36, 26, 1, 35, 19, 34, 4, 2, 7, 31, 17)
ROTATION_UNSEEN = (6, 14, 15, 10, 18, 20, 24, 13, 21, 5)
"""Numbers of the study's simulations, from 1; it uses number 32 nowhere."""
SCALING_TRAINED = (
    27, 9, 7, 11, 4, 26, 35, 2, 29, 10, 34, 12, 37, 28, 18, 24, 8, 14, 1, 31, 25, 0, 19, 15, 36, 3, 20, 13,
)  # fmt: skip
SCALING_UNSEEN = (5, 30, 16, 23, 33, 6, 17, 22, 21, 32)
"""Numbers of the study's simulations, from 0."""
CELLS = 64
LAST_FRAME = 310
INFLOW_HEIGHT = 5 / CELLS
VELOCITY_TIME = 0.5
WEAK, STRONG = 0.1, 0.2
FORCE_STEP = 0.01
STRONGER_DOWN = 0.1
LEVEL_FORCE, LEVEL_FORCE_STEP = 0.01, 0.045
SCALED_FORCE = 0.1
FIRST_SCALE, SCALE_STEP = 1.0, 0.1
DOWN = 2


def draw_translation(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Lists 35 inflows: ``x = 8, 16 ... 56`` and ``y = 5, 10 ... 25`` of 64 cells."""
    row, column = divmod(index, 7)
    center = (shape[0] * 8 * (column + 1) / CELLS, shape[1] * 5 * (row + 1) / CELLS)
    return one_draw(center, (0.0, 1.0), (WEAK + STRONG) / 2)


def weak_and_strong(box: Box, draws: Draws, strength: float) -> Law:
    """Applies force 0.1 in the left half and 0.2 in the right; at strength 0 their mean in both."""
    return force_per_half(box, draws, strength, (STRONG - WEAK) / (STRONG + WEAK), VELOCITY_TIME)


def draw_rotation(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Lists 36 plumes, in turn from the middle of each side; the force in the ``k``-th round of sides is ``0.04 k``."""
    return _from_side(index, shape, 4 * FORCE_STEP * (index // 4))


def force_per_plume(box: Box, draws: Draws, strength: float) -> Law:
    """Applies force ``0.01 n`` for the ``n``-th plume, ``0.011 n`` for those that sink: ``0.04 k`` plus 0.01, 0.02,
    0.03, 0.04 from side to side; at strength 0 plus their mean, 0.025. (The newer notebook has ``0.025 n`` for all.)"""
    magnitude = draws.buoyancy + FORCE_STEP * (2.5 + strength * (side(draws) - 1.5))
    magnitude = magnitude * (1 + STRONGER_DOWN * strength * (side(draws) == DOWN))
    return law(box, draws, force=(magnitude[:, None] * draws.direction)[:, :, None, None])


def draw_level(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Lists four plumes, from the middle of each side in turn; then the same again."""
    return _from_side(index, shape, LEVEL_FORCE)


def force_per_level(box: Box, draws: Draws, strength: float) -> Law:
    """Applies force ``0.01 + 0.045 eps (0, 1, 2, 3)`` to plumes that rise up, left, down, right.

    Level ``l`` is strength ``l / 9``: the notebook's forces ``0.005 (i + 1)``, ``i = 1, 1 + l, 1 + 2 l, 1 + 3 l``.
    """
    magnitude = draws.buoyancy + LEVEL_FORCE_STEP * strength * side(draws)
    force = (magnitude[:, None] * draws.direction)[:, :, None, None]
    return law(box, draws, force=force, velocity_time=VELOCITY_TIME)


def draw_scaling(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Lists the notebook's plume, force 0.1 from the middle of the lower wall, on 38 grids, 1.0, 1.1 ... 4.7 times as
    fine as the stored one."""
    scale = FIRST_SCALE + SCALE_STEP * index
    return one_draw((shape[0] / 2, shape[1] * INFLOW_HEIGHT), (0.0, 1.0), SCALED_FORCE, scale)


def alike_at_all_scales(box: Box, draws: Draws, strength: float) -> Law:
    """Breaks nothing: the strength has no effect.

    At factor ``f`` the notebook multiplies box, inflow and force by ``f`` at the same time step and divides lengths and
    velocity of the result by ``f``. So does :func:`~..physics.finer_grid.on_finer_grids`, except that inflow radius and
    stored velocity take ``int(64 f) / 64`` for ``f``, up to 1 % less: what is stored is one and the same plume,
    computed on grids of ``int(64 f)`` cells."""
    return law(box, draws, velocity_time=VELOCITY_TIME)


def _from_side(index: int, shape: Shape, buoyancy: float) -> Draws:
    x, y = shape if index % 2 == 0 else shape[::-1]
    return one_draw((x / 2, y * INFLOW_HEIGHT), (0.0, 1.0), buoyancy).moved(PointElement(index), (x, y))


PUBLISHED_TRANSLATION = Scenario(
    name="published-translation",
    symmetry="translation",
    group="shift-x",
    boundary=("closed", "closed"),
    description="the 35 plumes of the original study; closed walls break the symmetry at every strength",
    draw=draw_translation,
    law=weak_and_strong,
    revision=2,
    last_frame=LAST_FRAME,
    plumes=tuple(7 * (y // 5 - 1) + x // 8 - 1 for x, y in TRANSLATION_TRAINED + TRANSLATION_UNSEEN),
)

PUBLISHED_ROTATION = Scenario(
    name="published-rotation",
    symmetry="rotation",
    group="C4",
    boundary=("closed", "closed"),
    description="the 36 plumes of the original study, from four sides with growing force",
    draw=draw_rotation,
    law=force_per_plume,
    revision=2,
    last_frame=LAST_FRAME,
    plumes=tuple(number - 1 for number in (*ROTATION_TRAINED, 32, *ROTATION_UNSEEN)),
)

PUBLISHED_SCALING = Scenario(
    name="published-scaling",
    symmetry="scaling",
    group="dilation",
    boundary=("closed", "closed"),
    description="the original study's plume on its 38 grids, 1 to 4.7 times as fine; nothing depends on the strength",
    draw=draw_scaling,
    law=alike_at_all_scales,
    revision=2,
    last_frame=LAST_FRAME,
    plumes=SCALING_TRAINED + SCALING_UNSEEN,
    act=act,
    run=on_finer_grids,
    observe=in_plume_units,
    probes=rescalings,
)

PUBLISHED_LEVELS = Scenario(
    name="published-levels",
    symmetry="rotation",
    group="C4",
    boundary=("closed", "closed"),
    description="the original study's ten equivariance levels, strengths 0, 1/9 ... 1: four plumes, one from each side",
    draw=draw_level,
    law=force_per_level,
    revision=2,
    last_frame=LAST_FRAME,
)
