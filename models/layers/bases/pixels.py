"""Equivariant kernels pixel by pixel: exact at every size."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, einsum

from ....symmetry import PointGroup
from ..fields.fields import representation
from ..fields.on_cpu import on_cpu


@on_cpu
def pixel_basis(group: PointGroup, source: str, target: str, kernel_size: int) -> Float[Tensor, "N o i k k"]:
    """Builds the orthonormal basis of kernels with ``K(y) = rho_out(h) K(h^-1 y) rho_in(h)^-1`` that have one orbit of
    entries each, by rising distance from the middle.

    Quarter turns and mirrors move the entries ``(o, i, y)`` of a kernel, and change signs at most. So an entry fixes
    all that it can be moved to, and is zero where two ways to one place differ in sign; the solutions on different
    orbits have no entry in common.

    Args:
        source, target: kinds of field, see :class:`Fields`.

    Returns:
        float64; ``sum_oixy K_m K_n = 1`` if ``m = n`` else 0.
    """
    rho_in, rho_out = representation(group, source), representation(group, target)
    sizes = (rho_out.shape[1], rho_in.shape[1], kernel_size, kernel_size)
    numbers = torch.arange(1.0, 1 + torch.Size(sizes).numel(), dtype=torch.float64).view(sizes)
    moved = torch.stack(
        [
            einsum("op,pqxy,iq->oixy", left, element.scalar(numbers), right).flatten()
            for element, left, right in zip(group.elements, rho_out, rho_in, strict=True)
        ]
    )
    orbit = moved.abs().amin(0)
    values = (moved.sign() * (moved.abs() == orbit)).sum(0)
    places = torch.arange(kernel_size, dtype=torch.float64) - kernel_size // 2
    distance = torch.hypot(places[:, None], places).expand(sizes).flatten()
    first = [int(label) - 1 for label in orbit[values != 0].unique()]
    labels = torch.tensor(sorted(first, key=lambda entry: float(distance[entry])), dtype=torch.float64) + 1
    kernels = values * (orbit == labels[:, None])
    return (kernels / kernels.norm(dim=1, keepdim=True)).view(-1, *sizes)
