"""Bases of the kernels that a group allows, for any group."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from ..box import check_kernel_size
from ..fields.fields import Fields
from ..fields.scales import ScaleGroup
from .scale import scale_basis
from .steerable import steerable_basis


def kernel_basis(source: Fields, target: Fields, kernel_size: int) -> Float[Tensor, "N o i k k"]:
    """Chooses steerable kernels for a point group, scale-steerable ones for dilations.

    Raises:
        ValueError: an even kernel size.
    """
    check_kernel_size(kernel_size)
    basis = scale_basis if isinstance(source.group, ScaleGroup) else steerable_basis
    return basis(source.group, source.kind, target.kind, kernel_size)
