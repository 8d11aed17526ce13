"""A convolution and a dense layer in parallel, each with its prior."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..relaxed_layer import RelaxedLayer
from .dense_branch import DenseBranch
from .plain import PlainConv2d


class DensePathwayConv2d(nn.Module, RelaxedLayer):
    """Computes ``out = W * f + b + D f``, with a :class:`DenseBranch` ``D`` that starts at zero.

    Gaussian priors on both branches give the penalty ``alpha_strict mean W^2 + alpha_free mean (U, V)^2``, with ``U``
    and ``V`` the factors of ``D``.

    Keeps: translations where the box is periodic, while ``D`` is zero. Breaks: translations, through ``D``.

    Args:
        source, target: channels.
        shape: the grid ``(X, Y)``.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha_strict, alpha_free: inverse variances of the priors, up to the scale of the loss and the number of
            weights; those of an earlier search on translation-buoyancy, when the penalty was a sum.

    Source: Finzi, Benton & Wilson 2021, "Residual pathway priors for soft equivariance constraints".
    """

    def __init__(
        self,
        source: int,
        target: int,
        shape: tuple[int, int],
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
        alpha_strict: float = 1e-5,
        alpha_free: float = 10.0,
    ):
        super().__init__()
        self.alpha_strict, self.alpha_free = alpha_strict, alpha_free
        self.strict = PlainConv2d(source, target, kernel_size=kernel_size, boundary=boundary, gain=gain)
        self.free = DenseBranch(source, target, shape)

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        return self.strict(fields) + self.free(fields)

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        free = torch.cat((self.free.down.flatten(), self.free.up.flatten()))
        return self.alpha_strict * self.strict.weight.square().mean() + self.alpha_free * free.square().mean()

    def learned_relaxation(self) -> None:
        """Returns nothing: a dense branch and a kernel have no norm in common."""
