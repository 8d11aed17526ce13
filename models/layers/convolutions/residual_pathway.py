"""A steerable and a free convolution in parallel, each with its prior."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, einsum, nn

from ..bases.kernel import kernel_basis
from ..fields.fields import Fields
from ..relaxed_layer import RelaxedLayer
from .field import FieldConv2d, flat_kernel
from .stencil import Kernel


class ResidualPathwayConv2d(FieldConv2d, RelaxedLayer):
    """Convolves with ``K(y) = sum_n w_n Psi_n(y) + W(y)``, bias alike: two branches, by linearity one convolution.

    ``W`` starts at zero: the layer starts equivariant. Gaussian priors on both branches give the penalty
    ``alpha_strict mean w^2 + alpha_free mean (W, c)^2``, with ``c`` the free bias.

    Keeps: translations. Breaks: the point group, or scaling, through ``W`` and ``c``.

    Args:
        alpha_strict, alpha_free: inverse variances of the priors, up to the scale of the loss and the number of
            weights. Of a tenth, one and ten times (1e-3, 1e3), a tenth had the smallest mean validation error in
            ``results/tuning-penalties``: rotation-buoyancy-onset at strengths 0 and 1, three replicates.
        source, target, kernel_size, boundary, gain: see :class:`~symbreak.models.layers.SteerableConv2d`.

    Source: Finzi, Benton & Wilson 2021, "Residual pathway priors for soft equivariance constraints".
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
        alpha_strict: float = 1e-4,
        alpha_free: float = 100.0,
    ):
        super().__init__(source, target, kernel_basis(source, target, kernel_size), boundary=boundary, gain=gain)
        self.alpha_strict, self.alpha_free = alpha_strict, alpha_free
        self.free_weight = nn.Parameter(torch.zeros(target.channels, source.channels, kernel_size, kernel_size))
        self.free_bias = nn.Parameter(torch.zeros(target.channels))

    def kernel(self) -> Kernel:
        return flat_kernel(einsum("oin,npqxy->opiqxy", self.weight, self.basis)) + self.free_weight

    def channel_bias(self) -> Float[Tensor, " C_out"]:
        bias = self.field_bias()
        return self.free_bias if bias is None else bias + self.free_bias

    def learned_relaxation(self) -> Float[Tensor, ""]:
        """Computes ``||W|| / ||K||``."""
        norm = torch.linalg.vector_norm
        return norm(self.free_weight) / norm(self.kernel())

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        free = torch.cat((self.free_weight.flatten(), self.free_bias))
        return self.alpha_strict * self.weight.square().mean() + self.alpha_free * free.square().mean()
