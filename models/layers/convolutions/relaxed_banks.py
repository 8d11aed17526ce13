"""What relaxed convolutions over a discrete group share, be it turns, mirrors or scales."""

from __future__ import annotations

from abc import abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, einsum, nn

from ..fields.fields import Fields
from ..relaxed_layer import RelaxedLayer, variation
from .built import Kernel
from .field import FieldConv2d, initial_scale


class RelaxedBanksConv2d(FieldConv2d, RelaxedLayer):
    """``[f * Psi](g) = sum_h f(h) sum_l w_l(h) Psi_l(g^-1 h)`` with ``w: [L, |H|]``, 1/L at the start; or ``w_l(g)``.

    Penalty: ``alpha sum_l sum_{h < h'} |w_l(h) - w_l(h')|``.

    Args:
        source, target: input and output fields, at least one of them regular.
        weights_on: ``input`` for ``w_l(h)`` or ``output`` for ``w_l(g)``; that side's fields must be regular.
        banks: ``L``.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty. Up to 1e-3 the validation error on rotation-buoyancy and scaling-drag at strength
            1 did not grow.

    Raises:
        ValueError: weights on fields that are not regular, or no bank.
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        *,
        weights_on: str = "input",
        banks: int = 2,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
        alpha: float = 1e-3,
    ):
        super().__init__(source, target, kernel_size, boundary)
        if banks < 1:
            raise ValueError(f"banks: expected at least 1, got {banks}")
        _check_weights_on(weights_on, source, target)
        self.weights_on = weights_on
        self.alpha = alpha
        basis = self.free_kernels()
        scale = initial_scale(basis, source, gain) * banks**0.5
        self.weight = nn.Parameter(scale * torch.randn(banks, target.count, source.count, len(basis)))
        self.register_buffer("basis", basis.to(self.weight), persistent=False)
        self.relaxation = nn.Parameter(torch.full((banks, len(source.group)), 1 / banks))

    @abstractmethod
    def free_kernels(self) -> Float[Tensor, "N o i k k"]:
        """What one entry of ``Psi`` contributes to the kernel between all pairs of elements."""

    def kernel(self) -> Kernel:
        element = "q" if self.weights_on == "input" else "p"
        kernel = einsum(f"l{element},loin,npqxy->opiqxy", self.relaxation, self.weight, self.basis)
        return kernel.flatten(2, 3).flatten(0, 1)

    def learned_relaxation(self) -> Float[Tensor, ""]:
        return variation(self.relaxation, (-1,))

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        differences = self.relaxation[:, :, None] - self.relaxation[:, None, :]
        return self.alpha * differences.abs().sum() / 2


def _check_weights_on(weights_on: str, source: Fields, target: Fields) -> None:
    sides = {"input": source, "output": target}
    if weights_on not in sides:
        raise ValueError(f"weights_on: expected 'input' or 'output', got {weights_on!r}")
    if sides[weights_on].kind != "regular":
        raise ValueError(f"weights_on: expected a side with regular fields, got {sides[weights_on].kind} {weights_on}")
