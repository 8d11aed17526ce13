"""A locally connected layer, penalised for differing from one that is equivariant under dilations."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from ....symmetry import Dilation
from ..bases.kernel import kernel_basis
from ..bases.steerable import orthonormal
from ..convolutions.steerable import SteerableConv2d
from ..fields.fields import Fields
from ..fields.scales import ScaleGroup
from .locally_connected import LocallyConnected2d
from .memory import chunk_size
from .untied_kernel import Untied


class ScaledLocalConv2d(LocallyConnected2d):
    """Pulls untied kernels towards scaled copies of one another, ``K(p, y) = c(p) Psi(y)`` and ``c = g c``.

    The penalty is ``alpha (||K - c Psi||^2 + ||c - g c||^2) / n`` for ``n`` weights, with ``Psi`` an orthonormal basis
    of the scale-steerable kernels, which hold at each factor the same filters ``s`` times larger, ``c(p)`` the part of
    ``K(p)`` along them and ``(g c)(p) = c(p / r)`` for ``r`` the ratio of neighbouring factors, interpolated as by the
    simulator's dilation.

    Keeps: scaling, as far as the grid resolves it, while ``K = c Psi`` and ``c = g c``, as at the start. Breaks:
    translations and scaling.

    Args:
        source, target: input and output fields of a :class:`ScaleGroup`.
        shape: the grid ``(X, Y)``.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty; not tuned.

    Raises:
        ValueError: fields of turns or mirrors.

    Source: Wang, Walters & Yu 2022 (CLCNN), "Approximately equivariant networks for imperfectly symmetric dynamics".
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        shape: tuple[int, int],
        *,
        kernel_size: int = 5,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
        alpha: float = 1e3,
    ):
        source.check_group(ScaleGroup)
        start = SteerableConv2d(source, target, kernel_size=kernel_size, gain=gain)
        super().__init__(start.kernel(), start.bias, shape, boundary, alpha)
        self.source, self.target = source, target
        self.dilation = Dilation(source.group.factors[1] / source.group.factors[0])
        basis = kernel_basis(source, target, kernel_size)
        basis = orthonormal(basis.flatten(1)).view_as(basis)
        self.register_buffer("basis", basis.to(self.weight), persistent=False)

    def channel_bias(self) -> Float[Tensor, " O"] | None:
        return None if self.bias is None else self.target.by_channel(self.bias)

    def distance(self, kernel: Untied) -> Float[Tensor, ""]:
        parts, filters = self._parts(kernel), self._filters()
        pieces = zip(self._pieces(kernel), self._pieces(parts), strict=True)
        outside = (torch.addmm(self._lists(few), c.flatten(0, -2), filters, alpha=-1) for few, c in pieces)
        return sum((torch.linalg.vector_norm(part) ** 2 for part in outside), self._change(parts))

    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        """Adds the gradient; that of the first term is ``2 (K - c Psi)``, as ``c Psi`` is the projection of ``K``."""
        with torch.enable_grad():
            parts = self._parts(kernel).requires_grad_()
            (for_parts,) = torch.autograd.grad(self._change(parts), parts)
        along, filters = for_parts - 2 * parts.detach(), self._filters()
        for values, sums, c in zip(*map(self._pieces, (kernel, gradient, along)), strict=True):
            change = torch.addmm(self._lists(values), c.flatten(0, -2), filters, beta=2)
            self._blocks(sums).addcmul_(change.view_as(self._blocks(sums)), scale)

    def _pieces(self, values: Float[Tensor, "X Y *rest"]) -> Iterator[Tensor]:
        """Yields a few rows of the grid at a time."""
        return iter(values.split(chunk_size(self.weight[0].numel(), self.weight.device)))

    def _parts(self, kernel: Untied) -> Float[Tensor, "X Y o i N"]:
        """Computes ``c``, the part of each kernel along the basis."""
        filters = self._filters().T
        parts = torch.cat([self._lists(few) @ filters for few in self._pieces(kernel)])
        return parts.view(*self._blocks(kernel).shape[:4], -1)

    def _filters(self) -> Float[Tensor, "N pkkq"]:
        return self.basis.permute(0, 1, 3, 4, 2).flatten(1)

    def _blocks(self, kernel: Untied) -> Float[Tensor, "X Y o i p k k q"]:
        blocks = kernel.unflatten(5, (-1, self.source.size)).unflatten(2, (-1, self.target.size))
        return blocks.permute(0, 1, 2, 6, 3, 4, 5, 7)

    def _lists(self, kernel: Untied) -> Float[Tensor, "XYoi pkkq"]:
        return self._blocks(kernel).flatten(4).flatten(0, 3)

    def _change(self, parts: Float[Tensor, "X Y o i N"]) -> Float[Tensor, ""]:
        """Computes ``||c - g c||^2``."""
        parts = parts.permute(2, 3, 4, 0, 1)
        return (parts - self.dilation.scalar(parts)).square().sum()
