"""A locally connected layer, penalised for differing from one that is equivariant under a point group."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn

from ....symmetry import PointElement, PointGroup
from ..convolutions.steerable import SteerableConv2d
from ..fields.fields import Fields
from .kernel_turn import KernelTurn
from .locally_connected import LocallyConnected2d
from .untied_kernel import Untied


class TurnedLocalConv2d(LocallyConnected2d):
    """Penalises untied kernels by ``alpha sum_g ||K - g K||^2 / n`` over generators of the group, for ``n`` weights::

        (g K)(p, y) = rho_out(g) K(g^-1 p, g^-1 y) rho_in(g)^-1

    Keeps: the point group, while ``K = g K``, as at the start. Breaks: translations and the point group.

    Args:
        source, target: input and output fields.
        shape: the grid ``(X, Y)``; where its sides are unequal, ``g`` are the elements that map it onto itself.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty. That of an earlier search on rotation-buoyancy at strengths 0 and 1, when the
            penalty was a sum, for 32 x 32 places.

    Raises:
        ValueError: fields of C8 or of dilations: except for quarter turns, their elements do not move cells onto cells.

    Source: Wang, Walters & Yu 2022 (CLCNN), "Approximately equivariant networks for imperfectly symmetric dynamics".
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        shape: tuple[int, int],
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
        alpha: float = 1e4,
    ):
        source.check_group(PointGroup)
        start = SteerableConv2d(source, target, kernel_size=kernel_size, gain=gain)
        super().__init__(start.kernel(), start.bias, shape, boundary, alpha)
        self.source, self.target = source, target
        turn = PointElement(1 if shape[0] == shape[1] else 2)
        generators = [g for g in (turn, PointElement(0, True)) if g in source.group.elements]
        turns = nn.ModuleList(KernelTurn(source, target, g, shape, kernel_size) for g in generators)
        self.turns = turns.to(self.weight)

    def channel_bias(self) -> Float[Tensor, " O"] | None:
        return None if self.bias is None else self.target.by_channel(self.bias)

    def distance(self, kernel: Untied) -> Float[Tensor, ""]:
        return sum((turn.distance(kernel) for turn in self.turns), kernel.new_zeros(()))

    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        for turn in self.turns:
            turn.add_gradient(kernel, scale, gradient)
