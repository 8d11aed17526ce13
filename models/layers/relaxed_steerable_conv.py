"""Steerable convolution whose weights may depend on the place in the kernel."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, einsum, nn

from .built_conv import Kernel
from .field_conv import FieldConv2d, initial_scale
from .fields import Fields
from .kernel_basis import kernel_basis
from .relaxed_layer import RelaxedLayer, variation


class RelaxedSteerableConv2d(FieldConv2d, RelaxedLayer):
    """``K(y) = sum_n w_n(y) Psi_n(y)``, with ``w: [O, I, N, k, k]`` constant over ``y`` at the start.

    Penalty: ``alpha sum |w_n(y) - w_n(y')|`` over neighbouring places ``y``, ``y'`` of the kernel.

    Keeps: translations. Breaks: the point group, or scaling, as far as ``w`` varies over ``y``; constant ``w`` is
    :class:`~symbreak.models.layers.SteerableConv2d`.

    Args:
        source, target: ``I`` input and ``O`` output fields.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty.

    Source: Wang, Walters & Yu 2022, "Approximately equivariant networks for imperfectly symmetric dynamics":
    relaxed steerable convolution.
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
        alpha: float = 1e-5,
    ):
        super().__init__(source, target, kernel_size, boundary)
        basis = kernel_basis(source, target, kernel_size)
        self.register_buffer("basis", basis.to(torch.get_default_dtype()), persistent=False)
        scale = initial_scale(basis, source, gain)
        start = scale * torch.randn(target.count, source.count, len(basis), 1, 1)
        self.weight = nn.Parameter(start.repeat(1, 1, 1, kernel_size, kernel_size))
        self.alpha = alpha

    def kernel(self) -> Kernel:
        return einsum("oinxy,npqxy->opiqxy", self.weight, self.basis).flatten(2, 3).flatten(0, 1)

    def learned_relaxation(self) -> Float[Tensor, ""]:
        return variation(self.weight, (-2, -1))

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        along_x, along_y = self.weight.diff(dim=-2), self.weight.diff(dim=-1)
        return self.alpha * (along_x.abs().sum() + along_y.abs().sum())
