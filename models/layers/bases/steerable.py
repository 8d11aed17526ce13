"""Equivariant kernels from the analytic bases of e2cnn."""

from __future__ import annotations

from functools import cache

import numpy
import torch
from jaxtyping import Float
from torch import Tensor

from ....symmetry import PointGroup
from ..fields.eighth_turns import C8
from ..fields.fields import Turns
from ..fields.on_cpu import on_cpu
from .e2cnn_numpy2 import e2cnn_gspaces
from .pixels import pixel_basis

RING_WIDTH = 0.6
WAVES_BETWEEN_PIXELS = 2
NOTHING_LEFT = 1e-3
PIXEL_BY_PIXEL = 9


@cache
@on_cpu
def steerable_basis(group: Turns, source: str, target: str, kernel_size: int) -> Float[Tensor, "N o i k k"]:
    """Builds an orthonormal basis of kernels with ``K(h y) = rho_out(h) K(y) rho_in(h)^-1``, on their pixels.

    1. e2cnn solves the constraint for every pair of irreducible parts by circular harmonics, times Gaussian rings.
    2. They are sampled at the pixels' offsets ``(x, y)``: ours, so that no image convention comes in.
    3. In the order of rising frequency, each is made orthogonal to those before it and dropped where nothing is left:
       on a grid high frequencies repeat low ones.

    Under quarter turns and mirrors a pixel meets pixels only, so that all rings and frequencies are taken, and the
    basis spans all kernels that keep the constraint. For C8 the same would span what C4 allows, because no pixel meets
    another in an eighth turn; there kernels must be smooth between the pixels: one ring a pixel, and up to two waves on
    it for each pixel of its radius.

    From 9 x 9 on, where the many rings are so much alike that the third step keeps rounding, kernels of other groups
    are built pixel by pixel: :func:`~.pixels.pixel_basis` spans the same space.

    Args:
        source, target: kinds of field, see :class:`Fields`.

    Returns:
        float64; ``sum_oixy K_m K_n = 1`` if ``m = n`` else 0.

    Source: Weiler & Cesa 2019, "General E(2)-equivariant steerable CNNs": the solutions for irreducible parts.
    """
    if kernel_size >= PIXEL_BY_PIXEL and isinstance(group, PointGroup):
        return pixel_basis(group, source, target, kernel_size)
    gspace = _gspace(group)
    radius = kernel_size // 2
    offsets = numpy.mgrid[-radius : radius + 1, -radius : radius + 1].reshape(2, -1).astype(float)
    between_pixels = group == C8
    rings = range(radius + 1) if between_pixels else numpy.unique(numpy.hypot(*offsets).round(9))
    basis = gspace.build_kernel_basis(
        _representation(gspace, group, source),
        _representation(gspace, group, target),
        sigma=RING_WIDTH,
        rings=[float(ring) for ring in rings],
        maximum_frequency=(WAVES_BETWEEN_PIXELS if between_pixels else 4) * radius,
    )
    waves = numpy.array([(abs(element["frequency"]), element["radius"]) for element in basis])
    order = numpy.argsort(waves[:, 0], kind="stable")
    if between_pixels:
        order = order[waves[order, 0] <= WAVES_BETWEEN_PIXELS * waves[order, 1]]
    sampled = torch.from_numpy(basis.sample(offsets)).movedim(2, 0)[order]
    return orthonormal(sampled.flatten(1)).view(-1, *sampled.shape[1:3], kernel_size, kernel_size)


def orthonormal(vectors: Float[Tensor, "M D"]) -> Float[Tensor, "N D"]:
    """Applies Gram-Schmidt, each projection twice for accuracy; drops vectors that depend linearly on earlier ones."""
    kept = vectors.new_zeros(0, vectors.shape[1])
    for vector in vectors:
        for _ in range(2):
            vector = vector - kept.T @ (kept @ vector)
        if vector.norm() > NOTHING_LEFT:
            kept = torch.cat((kept, (vector / vector.norm())[None]))
    return kept


def _gspace(group: Turns):
    gspaces = e2cnn_gspaces()
    return {
        "C4": lambda: gspaces.Rot2dOnR2(4),
        "C8": lambda: gspaces.Rot2dOnR2(8),
        "D4": lambda: gspaces.FlipRot2dOnR2(4),
        "mirror": lambda: gspaces.Flip2dOnR2(),
    }[group.name]()


def _representation(gspace, group: Turns, kind: str):
    """Finds e2cnn's representation that equals ours, matrix for matrix."""
    if kind == "scalar":
        return gspace.trivial_repr
    if kind == "regular":
        return gspace.regular_repr
    if group.name in ("C4", "C8"):
        return gspace.irrep(1)
    if group.name == "mirror":
        return gspace.irrep(1) + gspace.irrep(0)
    return _mirrored_vector(gspace)


def _mirrored_vector(gspace):
    """Represents vectors under D4: e2cnn's two-dimensional part mirrors y, ours x; a quarter turn relates them."""
    from e2cnn.group import Representation

    quarter_turn = numpy.array([[0.0, -1.0], [1.0, 0.0]])
    part = gspace.irrep(1, 1)
    return Representation(gspace.fibergroup, "vector", [part.name], quarter_turn, set())
