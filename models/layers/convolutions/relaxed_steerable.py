"""A steerable convolution whose weights may vary over the pixels of the kernel."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, einsum, nn

from ..bases.kernel import kernel_basis
from ..fields.fields import Fields
from ..relaxed_layer import RelaxedLayer, mean_difference, variation
from .field import FieldConv2d, flat_kernel
from .stencil import Kernel


class RelaxedSteerableConv2d(FieldConv2d, RelaxedLayer):
    """Convolves with ``K(y) = sum_n w_n(y) Psi_n(y)``: ``w(y) = w + v(y)``, ``v: [O, I, N, k, k]`` zero at the start.

    Penalty: ``alpha mean |w_n(y) - w_n(y')|`` over all weights and neighbouring places ``y``, ``y'`` of the kernel.
    ``w`` is a parameter of its own because optimisers that divide by the size of the gradient, such as Adam, would
    otherwise move the shared part of ``w(y)`` as slowly as the penalty lets its differences move.

    Keeps: translations. Breaks: the point group, or scaling, as far as ``v`` varies over ``y``; constant ``v`` is
    :class:`~symbreak.models.layers.SteerableConv2d`.

    Args:
        alpha: weight of the penalty. Of 0.1, 1 and 10, 0.1 had the smallest mean validation error in
            ``results/tuning-penalties``: rotation-buoyancy-onset at strengths 0 and 1, three replicates.
        source, target, kernel_size, boundary, gain: see :class:`~symbreak.models.layers.SteerableConv2d`.

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
        alpha: float = 0.1,
    ):
        super().__init__(source, target, kernel_basis(source, target, kernel_size), boundary=boundary, gain=gain)
        self.deviation = nn.Parameter(torch.zeros(*self.weight.shape, kernel_size, kernel_size))
        self.alpha = alpha

    def relaxed_weight(self) -> Float[Tensor, "O I N k k"]:
        """Computes ``w(y)``."""
        return self.weight[..., None, None] + self.deviation

    def kernel(self) -> Kernel:
        return flat_kernel(einsum("oinxy,npqxy->opiqxy", self.relaxed_weight(), self.basis))

    def channel_bias(self) -> Float[Tensor, " C_out"] | None:
        return self.field_bias()

    def learned_relaxation(self) -> Float[Tensor, ""]:
        return variation(self.relaxed_weight(), (-2, -1))

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        return self.alpha * mean_difference(self.deviation, (-2, -1))
