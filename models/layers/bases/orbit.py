"""Equivariant kernels from the orbits of single entries."""

from __future__ import annotations

from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from ....symmetry import PointGroup
from ..fields.fields import representation
from ..fields.on_cpu import on_cpu


@cache
@on_cpu
def orbit_basis(group: PointGroup, source: str, target: str, kernel_size: int) -> Float[Tensor, "N o i k k"]:
    """Builds all kernels with ``K(h y) = rho_out(h) K(y) rho_in(h)^-1``, as orbits of free entries::

        K_n(y) = sum_h rho_out(h) E_n(h^-1 y) rho_in(h)^-1,    E_n one entry at one place

    Where source or target is regular, its component at the identity is the free one, and the other components follow:
    the weights of the basis are then the free kernel of a group convolution, ``K[g, h](y) = Psi[g^-1 h](g^-1 y)``.

    Args:
        source, target: kinds of field, see :class:`Fields`; at least one of them regular.

    Returns:
        float64; entries 0, 1 and -1.

    Raises:
        ValueError: if neither is regular.
    """
    if "regular" not in (source, target):
        raise ValueError(f"expected regular fields on one side, got {source} and {target}")
    rho_in, rho_out = representation(group, source), representation(group, target)
    entries = torch.eye(rho_out.shape[1] * rho_in.shape[1] * kernel_size**2, dtype=torch.float64)
    entries = entries.view(-1, rho_out.shape[1], rho_in.shape[1], kernel_size, kernel_size)
    free = entries[:, :1] if target == "regular" else entries[:, :, :1]
    free = entries[free.flatten(1).any(1)]
    moved = torch.stack([element.scalar(free) for element in group.elements])
    return torch.einsum("hop,hnpqxy,hiq->noixy", rho_out, moved, rho_in)
