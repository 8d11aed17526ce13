"""Bases of the kernels that a group allows."""

from .kernel import kernel_basis
from .orbit import orbit_basis
from .scale import scale_basis
from .steerable import orthonormal, steerable_basis

__all__ = [
    "kernel_basis",
    "orbit_basis",
    "orthonormal",
    "scale_basis",
    "steerable_basis",
]
