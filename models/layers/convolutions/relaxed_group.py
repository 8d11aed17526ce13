"""Group convolution whose kernel may depend on the group element itself."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, einsum, nn

from ....symmetry import PointGroup
from ..bases.orbit import orbit_basis
from ..bases.scale import scale_basis
from ..box import check_kernel_size
from ..fields.fields import Fields
from ..fields.scales import ScaleGroup
from ..relaxed_layer import RelaxedLayer, variation
from .field import FieldConv2d, flat_kernel
from .stencil import Kernel


class RelaxedGroupConv2d(FieldConv2d, RelaxedLayer):
    """Convolves functions of a group element and a place, with ``L`` banks of kernels::

        [f * Psi](g) = sum_h f(h) sum_l w_l(h) Psi_l(g^-1 h),    w: [L, |H|], 1/L at the start

    With ``weights_on="output"`` the weights are ``w_l(g)`` instead, the variant of the published code and of later
    papers. From vectors to functions on the group there is no ``h`` (weights on the output), to vectors no ``g``
    (weights on the input); the vectors' components turn with the element.

    On a point group the turned copies ``Psi_l(g^-1 y)`` are the pixels of one kernel moved about; so the groups are C4,
    D4 and the mirror, but not C8, whose eighth turns take pixels off the grid. On dilations, ``Psi_l(s / r)``, they are
    kernels that grow with the factor; ``kernel_size`` 5 holds the factor 2.

    Penalty: ``alpha mean |w_l(h) - w_l(h')|`` over ``l`` and ``h < h'``.

    Keeps: translations. Breaks: the point group or scaling, as far as ``w`` varies over its elements.

    Args:
        source, target: input and output fields, at least one of them regular.
        weights_on: ``input`` for ``w_l(h)`` or ``output`` for ``w_l(g)``; that side's fields must be regular.
        banks: ``L``.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty. Of 1e-3, 1e-2 and 1e-1, 1e-2 had the smallest mean validation error in
            ``results/tuning-penalties``: rotation-buoyancy-onset at strengths 0 and 1, three replicates.

    Raises:
        ValueError: fields of C8, weights on fields that are not regular, or no bank.

    Source: Wang, Walters & Yu 2022, "Approximately equivariant networks for imperfectly symmetric dynamics":
    relaxed group convolution.
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
        alpha: float = 1e-2,
    ):
        if banks < 1:
            raise ValueError(f"banks: expected at least 1, got {banks}")
        _check_weights_on(weights_on, source, target)
        basis, spread = _free_kernels(source, target, kernel_size), banks**0.5
        super().__init__(source, target, basis, boundary=boundary, gain=gain, banks=(banks,), spread=spread)
        self.weights_on, self.alpha = weights_on, alpha
        self.relaxation = nn.Parameter(torch.full((banks, len(source.group)), 1 / banks))

    def kernel(self) -> Kernel:
        element = "q" if self.weights_on == "input" else "p"
        return flat_kernel(einsum(f"l{element},loin,npqxy->opiqxy", self.relaxation, self.weight, self.basis))

    def channel_bias(self) -> Float[Tensor, " C_out"] | None:
        return self.field_bias()

    def learned_relaxation(self) -> Float[Tensor, ""]:
        return variation(self.relaxation, (-1,))

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        first, second = torch.triu_indices(*2 * self.relaxation.shape[1:], offset=1)
        return self.alpha * (self.relaxation[:, first] - self.relaxation[:, second]).abs().mean()


def _free_kernels(source: Fields, target: Fields, kernel_size: int) -> Float[Tensor, "N o i k k"]:
    """Computes what one entry of ``Psi`` contributes to the kernel between all pairs of elements."""
    check_kernel_size(kernel_size)
    if isinstance(source.group, ScaleGroup):
        return scale_basis(source.group, source.kind, target.kind, kernel_size)
    source.check_group(PointGroup)
    return orbit_basis(source.group, source.kind, target.kind, kernel_size)


def _check_weights_on(weights_on: str, source: Fields, target: Fields) -> None:
    sides = {"input": source, "output": target}
    if weights_on not in sides:
        raise ValueError(f"weights_on: expected 'input' or 'output', got {weights_on!r}")
    if sides[weights_on].kind != "regular":
        raise ValueError(f"weights_on: expected a side with regular fields, got {sides[weights_on].kind} {weights_on}")
