"""Scaling broken by drag: the larger the plume, the more the flow is damped."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from jaxtyping import Float
from numpy.random import Generator
from torch import Tensor

from ...symmetry import Dilation, Element, Faces, Shape
from ...symmetry.dilation import cell_means
from ..physics import Box, Draws, Law, Plumes, one_draw
from .scenario import SPREAD, Scenario, law

LARGEST_DRAG = 0.3
SCALES = (1.0, 2.0)


def draw(generator: Generator, index: int, shape: Shape, buoyancy: float) -> Draws:
    """Draws a plume near the middle of the lower wall: place, height, force and scale, uniform in ``log(scale)``.

    Place, height and force are in plume units, those of the grid at scale 1.
    """
    center = (shape[0] * generator.uniform(0.4, 0.6), shape[1] * generator.uniform(0.1, 0.15))
    scale = SCALES[0] * (SCALES[1] / SCALES[0]) ** generator.uniform()
    return one_draw(center, (0.0, 1.0), buoyancy * generator.uniform(*SPREAD), scale)


def drag_by_scale(box: Box, draws: Draws, strength: float) -> Law:
    """Applies drag ``0.3 eps log2(scale)`` per step everywhere."""
    drag = LARGEST_DRAG * strength * (draws.scale / SCALES[0]).log2()[:, None, None]
    return law(box, draws, drag_x=drag, drag_y=drag)


@dataclass(frozen=True)
class Rescaling(Element):
    """Dilates in plume units: fields stay as they are, only the scale that the law sees changes."""

    factor: float

    def __str__(self) -> str:
        return f"x {self.factor:.2f}"

    def inverse(self) -> Rescaling:
        return Rescaling(1 / self.factor)

    def shape(self, shape: Shape) -> Shape:
        return shape

    def scalar(self, field: Float[Tensor, "... X Y"]) -> Float[Tensor, "... X Y"]:
        return field

    def direction(self, vector: Float[Tensor, "... 2"]) -> Float[Tensor, "... 2"]:
        return vector

    def point(self, point: Float[Tensor, "... 2"], shape: Shape) -> Float[Tensor, "... 2"]:
        return point

    def faces(self, velocity: Faces) -> Faces:
        return velocity


def act(element: Element, plumes: Plumes, draws: Draws, shape: Shape) -> tuple[Plumes, Draws]:
    """Gives the plume another scale. In plume units, in which it is simulated, nothing else changes.

    Raises:
        ValueError: the element is not a dilation.
    """
    if not isinstance(element, Rescaling | Dilation):
        raise ValueError(f"expected a dilation, got {element}")
    return plumes, draws._replace(scale=draws.scale * element.factor)


def render(plumes: Plumes, draws: Draws) -> tuple[Float[Tensor, "B 2 X Y"], Float[Tensor, "B X Y"]]:
    """Renders onto the grid: ``scale u(p / scale)`` and ``s(p / scale)``, averaged over each cell."""
    x, y = plumes.smoke.shape[-2:]
    along_x, along_y = cell_means(draws.scale, x, x / 2), cell_means(draws.scale, y, 0.0).mT
    velocity = along_x[:, None] @ plumes.velocity @ along_y[:, None]
    return draws.scale[:, None, None, None] * velocity, along_x @ plumes.smoke @ along_y


def in_plume_units(plumes: Plumes, draws: Draws) -> Float[Tensor, "B 2 X Y"]:
    """Returns the velocity on which the error of the data is measured: dilating rendered frames again would interpolate
    twice, an error of about 0.05 of the velocity, which has nothing to do with the physics."""
    return plumes.velocity


def rescalings(group: str, shape: Shape) -> tuple[Element, ...]:
    return Rescaling(sqrt(2)), Rescaling(2.0)


SCALING_DRAG = Scenario(
    name="scaling-drag",
    symmetry="scaling",
    group="dilation",
    boundary=("closed", "closed"),
    description="plumes of scale 1 to 2; the larger, the more drag",
    draw=draw,
    law=drag_by_scale,
    act=act,
    render=render,
    observe=in_plume_units,
    probes=rescalings,
)
