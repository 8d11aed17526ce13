"""Group elements and the one action on fields that the simulator obeys.

Fields are stored ``[..., X, Y]`` (scalars) and ``[..., 2, X, Y]`` (vectors, components ``(vx, vy)``), ``x`` before
``y`` as in PhiFlow and The Well. An element ``g`` acts on a scalar field as ``(g s)(p) = s(g^-1 p)`` and on a vector
field as ``(g v)(p) = R_g v(g^-1 p)``: it moves the pixels *and* turns the components. Nothing outside this package
knows which ``rot90`` and which signs that means. That it is the action of the physics, and not merely a convention,
is settled by ``tests/simulators/physics/test_symmetry.py``: plumes from different walls are mapped onto each other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Shape = tuple[int, int]
Faces = tuple[Tensor, Tensor]


class Element(ABC):
    """Describes one symmetry operation of the box ``[0, X] x [0, Y]`` (lengths in cells)."""

    @abstractmethod
    def shape(self, shape: Shape) -> Shape:
        """Returns the grid shape after the operation; raises ``ValueError`` where the grid does not allow it."""

    @abstractmethod
    def scalar(self, field: Float[Tensor, "... X Y"]) -> Float[Tensor, "... X2 Y2"]:
        """Moves the pixels: ``(g s)(p) = s(g^-1 p)``."""

    @abstractmethod
    def direction(self, vector: Float[Tensor, "... 2"]) -> Float[Tensor, "... 2"]:
        """Turns vectors that have no position, such as a uniform force: ``R_g v``."""

    @abstractmethod
    def point(self, point: Float[Tensor, "... 2"], shape: Shape) -> Float[Tensor, "... 2"]:
        """Moves points of the box, in cells from its lower left corner."""

    @abstractmethod
    def faces(self, velocity: Faces) -> Faces:
        """Acts on staggered velocity: ``vx`` on x-faces ``[..., X+1, Y]``, ``vy`` on y-faces ``[..., X, Y+1]``."""

    @abstractmethod
    def inverse(self) -> Element:
        """Returns ``g^-1``; raises ``ValueError`` where there is none."""

    def vector(self, field: Float[Tensor, "... 2 X Y"]) -> Float[Tensor, "... 2 X2 Y2"]:
        """Moves the pixels and turns the components: ``(g v)(p) = R_g v(g^-1 p)``."""
        return self.direction(self.scalar(field).movedim(-3, -1)).movedim(-1, -3)


@dataclass(frozen=True)
class PointElement(Element):
    """Applies ``R^k M^m``: mirrors ``x -> -x`` if ``mirrored``, then makes ``k`` counter-clockwise quarter turns.

    Both act about the middle of the box, with ``R = [[0, -1], [1, 0]]`` and ``M = diag(-1, 1)``. Odd quarter turns are
    symmetries of square grids only; on other grids they exchange the sides.
    """

    quarter_turns: int = 0
    mirrored: bool = False

    def __post_init__(self):
        object.__setattr__(self, "quarter_turns", self.quarter_turns % 4)

    def __str__(self) -> str:
        turn = f"{90 * self.quarter_turns}°"
        return f"mirror, {turn}" if self.mirrored else turn

    def __matmul__(self, other: PointElement) -> PointElement:
        """Composes ``g h``: first ``h``, then ``g``. Uses ``M R^k = R^-k M``."""
        turns = -other.quarter_turns if self.mirrored else other.quarter_turns
        return PointElement(self.quarter_turns + turns, self.mirrored != other.mirrored)

    def inverse(self) -> PointElement:
        return self if self.mirrored else PointElement(-self.quarter_turns)

    def matrix(self) -> Float[Tensor, "2 2"]:
        """Returns ``R_g``, the action on vectors, as an exact matrix with entries -1, 0 and 1."""
        return self.direction(torch.eye(2)).T.contiguous()

    def shape(self, shape: Shape) -> Shape:
        return shape if self.quarter_turns % 2 == 0 else (shape[1], shape[0])

    def scalar(self, field: Float[Tensor, "... X Y"]) -> Float[Tensor, "... X2 Y2"]:
        field = field.flip(-2) if self.mirrored else field
        return torch.rot90(field, self.quarter_turns, (-2, -1)) if self.quarter_turns else field

    def direction(self, vector: Float[Tensor, "... 2"]) -> Float[Tensor, "... 2"]:
        x, y = vector.unbind(-1)
        x = -x if self.mirrored else x
        for _ in range(self.quarter_turns):
            x, y = -y, x
        return torch.stack((x, y), -1)

    def point(self, point: Float[Tensor, "... 2"], shape: Shape) -> Float[Tensor, "... 2"]:
        middle = torch.tensor(shape, dtype=point.dtype, device=point.device) / 2
        moved = torch.tensor(self.shape(shape), dtype=point.dtype, device=point.device) / 2
        return self.direction(point - middle) + moved

    def faces(self, velocity: Faces) -> Faces:
        x, y = (self.scalar(component) for component in velocity)
        x = -x if self.mirrored else x
        for _ in range(self.quarter_turns):
            x, y = -y, x
        return x, y


@dataclass(frozen=True)
class Shift(Element):
    """Translates by whole cells, ``(dx, 0)``, around a box that is periodic in x."""

    cells: int

    def __str__(self) -> str:
        return f"{self.cells} cells"

    def inverse(self) -> Shift:
        return Shift(-self.cells)

    def shape(self, shape: Shape) -> Shape:
        return shape

    def scalar(self, field: Float[Tensor, "... X Y"]) -> Float[Tensor, "... X Y"]:
        return field.roll(self.cells, -2)

    def direction(self, vector: Float[Tensor, "... 2"]) -> Float[Tensor, "... 2"]:
        return vector

    def point(self, point: Float[Tensor, "... 2"], shape: Shape) -> Float[Tensor, "... 2"]:
        x, y = point.unbind(-1)
        return torch.stack(((x + self.cells) % shape[0], y), -1)

    def faces(self, velocity: Faces) -> Faces:
        x, y = velocity
        x = x[..., :-1, :].roll(self.cells, -2)
        return torch.cat((x, x[..., :1, :]), -2), y.roll(self.cells, -2)
