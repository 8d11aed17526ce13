"""The state of a batch of plumes, the law that drives it, and how the group acts on the state."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ...symmetry import Element, Faces, Shape
from .box import Box, centred


class Plumes(NamedTuple):
    """Holds smoke in the cells and velocity on the faces (outer faces included) of ``B`` plumes."""

    smoke: Float[Tensor, "B X Y"]
    velocity_x: Float[Tensor, "B FX Y"]
    velocity_y: Float[Tensor, "B X FY"]

    @property
    def faces(self) -> Faces:
        return self.velocity_x, self.velocity_y

    @property
    def velocity(self) -> Float[Tensor, "B 2 X Y"]:
        """Velocity at the cell centres."""
        return centred(self.faces)

    def moved(self, element: Element) -> Plumes:
        """Applies a group element: ``g x``."""
        return Plumes(element.scalar(self.smoke), *element.faces(self.faces))


def still(box: Box, count: int, device: torch.device | str = "cpu") -> Plumes:
    """Returns ``count`` boxes at rest and without smoke: frame 0 of every simulation."""
    x, y = box.shape
    shapes = ((count, x, y), (count, x + 1, y), (count, x, y + 1))
    return Plumes(*(torch.zeros(shape, dtype=torch.float64, device=device) for shape in shapes))


class Draws(NamedTuple):
    """Holds what differs from simulation to simulation. It moves with the state when a group element acts.

    Attributes:
        center: middle of the inflow, in cells from the lower left corner.
        direction: unit vector along which the smoke rises.
        buoyancy: acceleration of the flow per unit of smoke, in cells per step^2.
        scale: size of the plume relative to the unit of its scenario.
    """

    center: Float[Tensor, "B 2"]
    direction: Float[Tensor, "B 2"]
    buoyancy: Float[Tensor, " B"]
    scale: Float[Tensor, " B"]

    def moved(self, element: Element, shape: Shape) -> Draws:
        """Applies a group element: inflow and direction of rise move, buoyancy and scale stay."""
        return self._replace(center=element.point(self.center, shape), direction=element.direction(self.direction))


def one_draw(center: tuple[float, float], direction: tuple[float, float], buoyancy: float, scale: float = 1.0) -> Draws:
    """Packs the draws of a single simulation as a batch of one."""
    rows = ([center], [direction], [buoyancy], [scale])
    return Draws(*(torch.tensor(row, dtype=torch.float64) for row in rows))


def stack_draws(draws: list[Draws]) -> Draws:
    return Draws(*(torch.cat(parts) for parts in zip(*draws, strict=True)))


class Law(NamedTuple):
    """Holds the law ``F`` that drives the plumes. It stays as it is when a group element acts on the state.

    Attributes:
        inflow: smoke that enters in each step.
        force: acceleration of the flow per unit of smoke.
        drag_x, drag_y: share of the velocity on the faces that is lost in each step.
        open_x, open_y: openness of the faces across x and y, see :class:`~.pressure.PressureSolve`.
        velocity_time: for how much of a step the flow carries its own velocity; it carries smoke for the whole step.
    """

    inflow: Float[Tensor, "B X Y"]
    force: Float[Tensor, "B 2 X Y"]
    drag_x: Float[Tensor, "#B FX #Y"]
    drag_y: Float[Tensor, "#B #X FY"]
    open_x: Float[Tensor, " FX"]
    open_y: Float[Tensor, " FY"]
    velocity_time: float = 1.0

    def to(self, device: torch.device | str) -> Law:
        return Law(*(field.to(device) for field in self[:-1]), velocity_time=self.velocity_time)
