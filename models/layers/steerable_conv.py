"""Strictly equivariant convolution."""

from __future__ import annotations

import torch
from torch import Tensor, einsum, nn

from .built_conv import Kernel
from .field_conv import FieldConv2d, initial_scale
from .fields import Fields
from .kernel_basis import kernel_basis


class SteerableConv2d(FieldConv2d):
    """``K(y) = sum_n w_n Psi_n(y)``, with ``w: [O, I, N]`` and ``Psi`` all kernels that the group allows.

    Keeps: a point group, exactly, or scaling, as far as the grid resolves it; and translations as any convolution.
    Breaks: nothing.

    Args:
        source, target: ``I`` input and ``O`` output fields, of a point group or of a :class:`ScaleGroup`.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.

    Source: Weiler & Cesa 2019, "General E(2)-equivariant steerable CNNs"; for scaling
    Sosnovik, Szmaja & Smeulders 2020, "Scale-equivariant steerable networks".
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
    ):
        super().__init__(source, target, kernel_size, boundary)
        basis = kernel_basis(source, target, kernel_size)
        self.register_buffer("basis", basis.to(torch.get_default_dtype()), persistent=False)
        scale = initial_scale(basis, source, gain)
        self.weight = nn.Parameter(scale * torch.randn(target.count, source.count, len(basis)))

    def kernel(self) -> Kernel:
        return combine(self.weight, self.basis)


def combine(weight: Tensor, basis: Tensor) -> Kernel:
    """``sum_n w[o, i, n] Psi[n]`` as a kernel ``[O * size_out, I * size_in, k, k]``."""
    return einsum("oin,npqxy->opiqxy", weight, basis).flatten(2, 3).flatten(0, 1)
