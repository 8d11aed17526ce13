"""The kernels that a group allows, whichever group it is."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from ..fields.fields import Fields
from ..fields.scales import ScaleGroup
from .scale import scale_basis
from .steerable import steerable_basis


def kernel_basis(source: Fields, target: Fields, kernel_size: int) -> Float[Tensor, "N o i k k"]:
    """Steerable kernels for a point group, scale-steerable ones for dilations."""
    basis = scale_basis if isinstance(source.group, ScaleGroup) else steerable_basis
    return basis(source.group, source.kind, target.kind, kernel_size)
