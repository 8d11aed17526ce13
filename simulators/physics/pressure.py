"""The exact pressure solve: the box Laplacian is separable, so its eigenvectors along each axis invert it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from ...symmetry import Faces
from .box import OUTER_FACES_FLOW, Box, divergence

NULL_EIGENVALUE = 1e-10


class PressureSolve(NamedTuple):
    """Solves with ``Delta_W = Q_x L_x Q_x^T (+) Q_y L_y Q_y^T``, where ``W`` is the openness of the faces.

    ``open_x[i]`` in [0, 1] is the openness of all faces ``i`` across x: 1 lets the flow through, 0 is a wall, values in
    between are a porous wall that takes the rest of the flow away in each step. Likewise ``open_y``.
    """

    open_x: Float[Tensor, " FX"]
    open_y: Float[Tensor, " FY"]
    modes_x: Float[Tensor, "X X"]
    modes_y: Float[Tensor, "Y Y"]
    inverse: Float[Tensor, "X Y"]

    def to(self, device: torch.device | str) -> PressureSolve:
        return PressureSolve(*(part.to(device) for part in self))


def openness(box: Box, axis: int) -> Float[Tensor, " F"]:
    """Computes the openness of the faces of a box without porous walls: 0 at closed walls, 1 elsewhere."""
    weights = torch.ones(box.shape[axis] + 1, dtype=torch.float64)
    lower, upper = OUTER_FACES_FLOW[box.boundary[axis]]
    weights[0], weights[-1] = float(lower), float(upper)
    return weights


def pressure_solve(
    box: Box, open_x: Float[Tensor, " FX"] | None = None, open_y: Float[Tensor, " FY"] | None = None
) -> PressureSolve:
    """Prepares the solve for a box; the openness of its faces follows from its walls unless given.

    Raises:
        ValueError: an openness of the wrong length or outside [0, 1], or a periodic axis whose two ends differ.
    """
    weights = [openness(box, axis) if given is None else given for axis, given in enumerate((open_x, open_y))]
    for axis, weight in enumerate(weights):
        _check_openness(weight, box, axis)
    (values_x, modes_x), (values_y, modes_y) = (
        torch.linalg.eigh(_laplacian(weight, box.boundary[axis])) for axis, weight in enumerate(weights)
    )
    eigenvalues = values_x[:, None] + values_y
    constant = eigenvalues.abs() < NULL_EIGENVALUE
    inverse = torch.where(constant, 0.0, 1 / eigenvalues.masked_fill(constant, 1.0))
    return PressureSolve(weights[0], weights[1], modes_x, modes_y, inverse)


def project(velocity: Faces, solve: PressureSolve, box: Box) -> Faces:
    """Computes the divergence-free part of a velocity: ``u = W (u* - grad p)`` with ``div W grad p = div W u*``.

    Where only closed and periodic walls surround the box the mean pressure is free and taken to be zero.
    """
    x, y = velocity[0] * solve.open_x[:, None], velocity[1] * solve.open_y
    modes = _transformed(divergence((x, y)), solve.modes_x.T, solve.modes_y)
    pressure = _transformed(modes * solve.inverse, solve.modes_x, solve.modes_y.T)
    return (
        x - solve.open_x[:, None] * _gradient(pressure, box.boundary[0], -2),
        y - solve.open_y * _gradient(pressure, box.boundary[1], -1),
    )


def _transformed(
    field: Float[Tensor, "... X Y"], along_x: Float[Tensor, "X X"], along_y: Float[Tensor, "Y Y"]
) -> Float[Tensor, "... X Y"]:
    """Computes ``A f B`` as one product per field: ``f @ B`` alone would be a single large product over all fields,
    whose last bits depend on how many there are."""
    return along_x @ field @ along_y.expand(*field.shape[:-2], *along_y.shape)


def _laplacian(weights: Float[Tensor, " F"], wall: str) -> Float[Tensor, "n n"]:
    """Builds ``d/dx w d/dx`` along one axis, as a symmetric matrix."""
    gradient = _gradient(torch.eye(len(weights) - 1, dtype=weights.dtype), wall, -1)
    return (gradient * weights).diff(dim=-1).mT


def _gradient(pressure: Float[Tensor, "... X Y"], wall: str, axis: int) -> Float[Tensor, "... FX FY"]:
    """Computes pressure differences across the ``n + 1`` faces of an axis; the pressure is 0 outside open walls, and
    its value behind a closed wall does not matter, because the openness there is 0."""
    if wall == "periodic":
        ends = pressure.narrow(axis, -1, 1), pressure.narrow(axis, 0, 1)
        return torch.cat((ends[0], pressure, ends[1]), axis).diff(dim=axis)
    return pad(pressure, (1, 1) if axis == -1 else (0, 0, 1, 1)).diff(dim=axis)


def _check_openness(weights: Tensor, box: Box, axis: int) -> None:
    if weights.shape != (box.shape[axis] + 1,):
        raise ValueError(f"expected the openness of {box.shape[axis] + 1} faces, got {tuple(weights.shape)}")
    if not ((weights >= 0) & (weights <= 1)).all():
        raise ValueError(f"expected an openness in [0, 1], got {weights.min().item()} ... {weights.max().item()}")
    if box.boundary[axis] == "periodic" and weights[0] != weights[-1]:
        raise ValueError(f"expected the same openness at both ends, got {weights[0].item()}, {weights[-1].item()}")
