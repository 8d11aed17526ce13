"""Convolutions mixed with weights that vary in space."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..box import check_grid
from ..built_once import BuiltOnce
from ..relaxed_layer import RelaxedLayer, mean_difference, variation
from .field import FieldConv2d
from .plain import PlainConv2d
from .stencil import Kernel


class RelaxedTranslationConv2d(BuiltOnce, RelaxedLayer):
    """Computes ``out(p) = sum_l w_l(p) (W_l * f + b_l)(p)``, with ``w: [L, X, Y]``, 1/L at the start.

    The banks ``W_l`` are layers: plain convolutions relax translations alone; steerable ones relax translations and
    their group at once, because ``w`` singles out places and directions. All banks are one convolution.

    Penalty: ``alpha mean |w_l(p) - w_l(p')|`` over ``l`` and neighbouring places, without wrap-around.

    Keeps: what the banks keep, while ``w`` is constant. Breaks: translations, and the point group or the scaling of the
    banks, as far as ``w`` varies over the box.

    Args:
        banks: ``L`` convolutions of the same sizes, walls and fields.
        shape: the grid ``(X, Y)`` on which the weights live.
        alpha: weight of the penalty; that of an earlier search on translation-buoyancy, when the penalty was a sum, for
            32 x 32 places.

    Raises:
        ValueError: no bank, or banks that differ in sizes, walls or fields; when called: fields on a different grid.

    Source: Wang, Walters & Yu 2022, "Approximately equivariant networks for imperfectly symmetric dynamics":
    relaxed translation convolution.
    """

    def __init__(self, *banks: PlainConv2d | FieldConv2d, shape: tuple[int, int], alpha: float = 1.0):
        kinds = dict.fromkeys(map(_kind, banks))
        if len(kinds) != 1:
            got = "; ".join(kinds) or "none"
            raise ValueError(f"banks: expected one or more of the same channels, kernels, walls and fields, got {got}")
        super().__init__()
        self.banks = nn.ModuleList(banks)
        self.alpha = alpha
        self.relaxation = nn.Parameter(torch.full((len(banks), *shape), 1 / len(banks)))

    def build(self) -> tuple[Kernel, Float[Tensor, " C_out"] | None]:
        """Concatenates the kernels, and the biases, of all banks."""
        kernels, biases = zip(*(bank.build() for bank in self.banks), strict=True)
        return torch.cat(kernels), None if biases[0] is None else torch.cat(biases)

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        """Expands the weights over the samples first: autograd then sums their gradient over channels and samples
        one after the other, which is several times faster than in one go."""
        check_grid(fields, self.relaxation.shape[1:])
        outputs = self.banks[0].stencil.convolve(fields, *self._built()).unflatten(1, (len(self.banks), -1))
        weights = self.relaxation[:, None].expand(len(fields), -1, -1, -1, -1)
        return (weights * outputs).sum(1)

    def learned_relaxation(self) -> Float[Tensor, ""]:
        return variation(self.relaxation, (-2, -1))

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        return self.alpha * mean_difference(self.relaxation, (-2, -1))


def _kind(bank: PlainConv2d | FieldConv2d) -> str:
    """Lists what banks must share."""
    fields = f"{bank.source} to {bank.target}, " if isinstance(bank, FieldConv2d) else ""
    return fields + bank.sizes()
