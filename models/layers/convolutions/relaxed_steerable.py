"""Steerable convolution whose weights may depend on the place in the kernel."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, einsum, nn

from ..fields.fields import Fields
from ..relaxed_layer import RelaxedLayer, variation
from .basis import BasisConv2d, flat_kernel
from .built import Kernel


class RelaxedSteerableConv2d(BasisConv2d, RelaxedLayer):
    """``K(y) = sum_n w_n(y) Psi_n(y)``, with ``w(y) = w + v(y)`` and ``v: [O, I, N, k, k]`` zero at the start.

    Penalty: ``alpha sum |w_n(y) - w_n(y')|`` over neighbouring places ``y``, ``y'`` of the kernel. ``w`` is a parameter
    of its own because optimisers that divide by the size of the gradient, such as Adam, would otherwise move the shared
    part of ``w(y)`` as slowly as the penalty lets its differences move.

    Keeps: translations. Breaks: the point group, or scaling, as far as ``v`` varies over ``y``; constant ``v`` is
    :class:`~symbreak.models.layers.SteerableConv2d`.

    Args:
        alpha: weight of the penalty. 1e-3 is the largest power of ten at which the validation error on
            rotation-buoyancy at strength 1 was that of smaller ones while the network still left the symmetry there.
        options: see :class:`BasisConv2d`.

    Source: Wang, Walters & Yu 2022, "Approximately equivariant networks for imperfectly symmetric dynamics":
    relaxed steerable convolution.
    """

    def __init__(self, source: Fields, target: Fields, *, alpha: float = 1e-3, **options):
        super().__init__(source, target, **options)
        size = self.kernel_size
        self.deviation = nn.Parameter(torch.zeros(*self.weight.shape, size, size))
        self.alpha = alpha

    def relaxed_weight(self) -> Float[Tensor, "O I N k k"]:
        """``w(y)``."""
        return self.weight[..., None, None] + self.deviation

    def kernel(self) -> Kernel:
        return flat_kernel(einsum("oinxy,npqxy->opiqxy", self.relaxed_weight(), self.basis))

    def learned_relaxation(self) -> Float[Tensor, ""]:
        return variation(self.relaxed_weight(), (-2, -1))

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        along_x, along_y = self.deviation.diff(dim=-2), self.deviation.diff(dim=-1)
        return self.alpha * (along_x.abs().sum() + along_y.abs().sum())
