"""The meaning of channels: how many fields of which kind, and how a group acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from ....symmetry import PointElement, PointGroup
from .eighth_turns import EighthTurn, EighthTurns
from .on_cpu import on_cpu
from .scales import ScaleGroup

KINDS = ("scalar", "vector", "regular")
Turns = PointGroup | EighthTurns


@cache
@on_cpu
def representation(group: Turns, kind: str) -> Float[Tensor, "H d d"]:
    """Returns ``rho(h)`` of every element, float64: 1 on scalars, ``R_h`` on vectors, ``e_k -> e_(hk)`` on regular."""
    if kind == "scalar":
        return torch.ones(len(group), 1, 1, dtype=torch.float64)
    if kind == "vector":
        return torch.stack([element.matrix().double() for element in group.elements])
    return torch.nn.functional.one_hot(group.product).transpose(1, 2).double()


@dataclass(frozen=True)
class Fields:
    """Describes ``count`` fields of one kind under turns, mirrors or dilations, as channels ``[count * size, X, Y]``.

    Under an element ``g`` a field becomes ``(g f)(p) = rho(g) f(g^-1 p)``; for regular fields, functions of a group
    element ``h`` and a place, that is ``(g f)(h, p) = f(g^-1 h, g^-1 p)``.

    Raises:
        ValueError: unknown kind, or a count below 1.
    """

    group: Turns | ScaleGroup
    kind: str
    count: int

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.count < 1:
            raise ValueError(f"width: expected at least 1 {self.kind} field, got {self.count}")

    def __str__(self) -> str:
        return f"{self.count} {self.kind} fields of {self.group.name}"

    @property
    def size(self) -> int:
        """Number of components of one field."""
        return {"scalar": 1, "vector": 2, "regular": len(self.group)}[self.kind]

    @property
    def channels(self) -> int:
        return self.count * self.size

    def by_channel(self, numbers: Float[Tensor, " count"]) -> Float[Tensor, " C"]:
        """Repeats one number per field for each of its channels."""
        return numbers[:, None].expand(-1, self.size).flatten()

    def check_group(self, expected: type) -> None:
        """Raises ``ValueError`` unless the group is a ``PointGroup``, or a ``ScaleGroup``, as expected."""
        if not isinstance(self.group, expected):
            groups = {PointGroup: "C4, D4 or the mirror", ScaleGroup: "dilations"}[expected]
            raise ValueError(f"source: expected fields of {groups}, got fields of {self.group.name}")

    def act(
        self, element: PointElement | EighthTurn, fields: Float[Tensor, "... C X Y"]
    ) -> Float[Tensor, "... C X2 Y2"]:
        """Applies ``g`` to the fields; not for dilations.

        Raises:
            ValueError: an element of another group.
        """
        if isinstance(self.group, ScaleGroup) or element not in self.group.elements:
            raise ValueError(f"element: expected one of {self.group.name}, got {element}")
        matrix = representation(self.group, self.kind)[self.group.elements.index(element)].to(fields)
        moved = element.scalar(fields).unflatten(-3, (self.count, self.size))
        return torch.einsum("ij,...jxy->...ixy", matrix, moved).flatten(-4, -3)
