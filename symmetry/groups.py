"""The groups of the study, by name.

=============  ==============  =====================================================================
name           symmetry        elements
=============  ==============  =====================================================================
``C4``         rotation        the four quarter turns
``D4``         rotation        the quarter turns and their mirror images
``mirror``     reflection      identity and ``x -> -x``
``shift-x``    translation     shifts by whole cells along x, in a box that is periodic in x
``dilation``   scaling         dilations from the middle of the lower wall; sqrt 2 and 2 stand for all
=============  ==============  =====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Int
from torch import Tensor

from .dilation import MEASURED_DILATIONS
from .elements import Element, PointElement, Shape, Shift


@dataclass(frozen=True)
class PointGroup:
    """Describes a finite group of quarter turns and mirrors; the identity comes first.

    ``product[g, h]`` is the index of ``g h`` and ``inverse[g]`` that of ``g^-1``, from which the regular
    representation ``rho(g) e_h = e_(gh)`` follows.
    """

    name: str
    elements: tuple[PointElement, ...]

    def __len__(self) -> int:
        return len(self.elements)

    @cached_property
    def product(self) -> Int[Tensor, "H H"]:
        return torch.tensor([[self.elements.index(g @ h) for h in self.elements] for g in self.elements], device="cpu")

    @cached_property
    def inverse(self) -> Int[Tensor, " H"]:
        return torch.tensor([self.elements.index(g.inverse()) for g in self.elements], device="cpu")


C4 = PointGroup("C4", tuple(PointElement(k) for k in range(4)))
D4 = PointGroup("D4", tuple(PointElement(k, m) for m in (False, True) for k in range(4)))
MIRROR = PointGroup("mirror", (PointElement(), PointElement(0, True)))
POINT_GROUPS = {group.name: group for group in (C4, D4, MIRROR)}
SYMMETRY_OF_GROUP = {
    "C4": "rotation",
    "D4": "rotation",
    "mirror": "reflection",
    "shift-x": "translation",
    "dilation": "scaling",
}
GROUP_NAMES = tuple(SYMMETRY_OF_GROUP)


def point_group(name: str) -> PointGroup:
    """Looks up the point group called ``name``; raises ``ValueError`` for any other name."""
    if name not in POINT_GROUPS:
        raise ValueError(f"expected one of the point groups {', '.join(POINT_GROUPS)}, got {name!r}")
    return POINT_GROUPS[name]


def probes(group: str, shape: Shape) -> tuple[Element, ...]:
    """Chooses the elements that an equivariance error averages over: all but the identity, or shifts by quarters of
    the box.

    Raises:
        ValueError: unknown group, or a grid that is too short to be shifted.
    """
    elements = nontrivial_elements(group, shape)
    if group != "shift-x":
        return elements
    return tuple(elements[round(quarter * shape[0] / 4) - 1] for quarter in (1, 2, 3))


def nontrivial_elements(group: str, shape: Shape) -> tuple[Element, ...]:
    """Lists the elements of a group that map the grid onto itself, except the identity.

    On a grid of unequal sides these are half a turn of ``C4``, and half a turn and the two mirrors of ``D4``.

    Raises:
        ValueError: unknown group, or a grid that is too short to be shifted.
    """
    if group == "shift-x":
        if shape[0] < 4:
            raise ValueError(f"expected at least 4 cells along x to shift by quarters of the box, got {shape[0]}")
        return tuple(Shift(cells) for cells in range(1, shape[0]))
    if group == "dilation":
        return MEASURED_DILATIONS
    if group not in POINT_GROUPS:
        raise ValueError(f"expected one of the groups {', '.join(GROUP_NAMES)}, got {group!r}")
    return tuple(element for element in point_group(group).elements[1:] if element.shape(shape) == shape)
