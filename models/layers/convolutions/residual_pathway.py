"""Steerable and free convolution side by side, each with its prior."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..fields.fields import Fields
from ..relaxed_layer import RelaxedLayer
from .basis import BasisConv2d
from .built import Kernel


class ResidualPathwayConv2d(BasisConv2d, RelaxedLayer):
    """``K(y) = sum_n w_n Psi_n(y) + W(y)``, and so for the bias: two branches, by linearity one convolution.

    ``W`` starts at zero: the layer starts equivariant. Gaussian priors on both branches give the penalty
    ``alpha_strict ||w||^2 + alpha_free (||W||^2 + ||c||^2)``, with ``c`` the free bias.

    Keeps: translations. Breaks: the point group, or scaling, through ``W`` and ``c``.

    Args:
        alpha_strict, alpha_free: inverse variances of the priors, up to the scale of the loss. With 1 for the free
            branch the validation error on rotation-buoyancy at strength 1 was below that with 1e-4 to 1e-2; with 10
            lower still, but such a network hardly leaves the symmetry. The strict one made no difference up to 1e-3.
        options: see :class:`BasisConv2d`.

    Source: Finzi, Benton & Wilson 2021, "Residual pathway priors for soft equivariance constraints".
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        *,
        alpha_strict: float = 1e-6,
        alpha_free: float = 1.0,
        **options,
    ):
        super().__init__(source, target, **options)
        self.alpha_strict, self.alpha_free = alpha_strict, alpha_free
        size = self.kernel_size
        self.free_weight = nn.Parameter(torch.zeros(target.channels, source.channels, size, size))
        self.free_bias = nn.Parameter(torch.zeros(target.channels))

    def kernel(self) -> Kernel:
        return self.strict_kernel() + self.free_weight

    def channel_bias(self) -> Float[Tensor, " C_out"]:
        bias = super().channel_bias()
        return self.free_bias if bias is None else bias + self.free_bias

    def learned_relaxation(self) -> Float[Tensor, ""]:
        """``||W|| / ||K||``."""
        norm = torch.linalg.vector_norm
        return norm(self.free_weight) / norm(self.kernel())

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        free = self.free_weight.square().sum() + self.free_bias.square().sum()
        return self.alpha_strict * self.weight.square().sum() + self.alpha_free * free
