"""Locally connected layer that would rather be equivariant under dilations."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ...symmetry import Dilation
from .fields import Fields
from .kernel_basis import kernel_basis
from .locally_connected import LocallyConnected2d
from .steerable_basis import orthonormal
from .steerable_conv import SteerableConv2d
from .untied_kernel import Untied


class ScaledLocalConv2d(LocallyConnected2d):
    """Untied kernels that are pulled towards scaled copies of one another, ``K(p, y) = c(p) Psi(y)`` and ``c = g c``.

    The penalty is ``alpha (||K - c Psi||^2 + ||c - g c||^2)``, with ``Psi`` an orthonormal basis of the scale-steerable
    kernels, which hold at each factor the same filters ``s`` times larger, ``c(p)`` the part of ``K(p)`` along them and
    ``(g c)(p) = c(p / r)`` for ``r`` the ratio of neighbouring factors, interpolated as by the simulator's dilation.

    Keeps: scaling, as far as the grid resolves it, while ``K = c Psi`` and ``c = g c``, as at the start. Breaks:
    translations and scaling.

    Args:
        source, target: input and output fields of a :class:`ScaleGroup`.
        shape: the grid ``(X, Y)``.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty, as of :class:`SmoothLocalConv2d`; not tuned for itself.

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
        alpha: float = 1e-2,
    ):
        start = SteerableConv2d(source, target, kernel_size=kernel_size, gain=gain)
        super().__init__(start.kernel(), start.bias, shape, boundary, alpha)
        self.source, self.target = source, target
        self.dilation = Dilation(source.group.factors[1] / source.group.factors[0])
        basis = kernel_basis(source, target, kernel_size)
        basis = orthonormal(basis.flatten(1)).view_as(basis).to(torch.get_default_dtype())
        self.register_buffer("basis", basis, persistent=False)

    def channel_bias(self) -> Float[Tensor, " O"]:
        return self.bias[:, None].expand(-1, self.target.size).flatten()

    def distance(self, kernel: Untied) -> Float[Tensor, ""]:
        parts = self._parts(kernel)
        squares = (self._outside(row, c).square().sum() for row, c in zip(kernel, parts, strict=True))
        return sum(squares, self._change(parts))

    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        with torch.enable_grad():
            parts = self._parts(kernel).requires_grad_()
            (for_parts,) = torch.autograd.grad(self._change(parts), parts)
        parts.requires_grad_(False)
        for row, sums, c, for_c in zip(kernel, gradient, parts, for_parts, strict=True):
            sums += scale * (2 * self._outside(row, c) + self._along(for_c))

    def _parts(self, kernel: Untied) -> Float[Tensor, "X Y o i N"]:
        """``c``: row by row, the part of each kernel along the basis."""
        return torch.stack([torch.einsum("zoprsiq,npqrs->zoin", self._blocks(row), self.basis) for row in kernel])

    def _along(self, parts: Float[Tensor, "Y o i N"]) -> Float[Tensor, "Y O k k I"]:
        """``c Psi``."""
        return torch.einsum("zoin,npqrs->zoprsiq", parts, self.basis).flatten(5, 6).flatten(1, 2)

    def _outside(self, row: Float[Tensor, "Y O k k I"], parts: Tensor) -> Float[Tensor, "Y O k k I"]:
        """``K - c Psi``."""
        return row - self._along(parts)

    def _blocks(self, row: Float[Tensor, "Y O k k I"]) -> Float[Tensor, "Y o p k k i q"]:
        return row.unflatten(4, (-1, self.source.size)).unflatten(1, (-1, self.target.size))

    def _change(self, parts: Float[Tensor, "X Y o i N"]) -> Float[Tensor, ""]:
        """``||c - g c||^2``."""
        parts = parts.permute(2, 3, 4, 0, 1)
        return (parts - self.dilation.scalar(parts)).square().sum()
