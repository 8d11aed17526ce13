"""Locally connected layer that would rather be equivariant under a point group."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ...symmetry import PointElement
from .fields import Fields, representation
from .locally_connected import LocallyConnected2d, Untied
from .steerable_conv import SteerableConv2d


class TurnedLocalConv2d(LocallyConnected2d):
    """Untied kernels with the penalty ``alpha sum_g ||K - g K||^2`` over generators of the group::

        (g K)(p, y) = rho_out(g) K(g^-1 p, g^-1 y) rho_in(g)^-1

    Keeps: the point group, while ``K = g K``, as at the start. Breaks: translations and the point group.

    Args:
        source, target: input and output fields.
        shape: the grid ``(X, Y)``, which the group must map onto itself.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty.

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
        alpha: float = 1e-4,
    ):
        start = SteerableConv2d(source, target, kernel_size=kernel_size, gain=gain)
        super().__init__(start.kernel(), start.bias, shape, boundary, alpha)
        self.source, self.target = source, target

    def channel_bias(self) -> Float[Tensor, " O"]:
        return self.bias[:, None].expand(-1, self.target.size).flatten()

    def act(self, element: PointElement) -> Untied:
        """``g K``."""
        moved = element.scalar(element.scalar(self.weight.permute(4, 5, 0, 1, 2, 3)).transpose(2, 4).transpose(3, 5))
        moved = moved.unflatten(1, (-1, self.source.size)).unflatten(0, (-1, self.target.size))
        rho_in, rho_out = (self._rho(fields, element).to(moved) for fields in (self.source, self.target))
        turned = torch.einsum("pq,oqirxyuv,sr->uvxyopis", rho_out, moved, rho_in)
        return turned.flatten(6, 7).flatten(4, 5)

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        differences = [self.weight - self.act(element) for element in self._generators()]
        return self.alpha * sum(torch.linalg.vector_norm(difference) ** 2 for difference in differences)

    def _generators(self) -> list[PointElement]:
        turn, mirror = PointElement(1), PointElement(0, True)
        return [element for element in (turn, mirror) if element in self.source.group.elements]

    @staticmethod
    def _rho(fields: Fields, element: PointElement) -> Float[Tensor, "d d"]:
        return representation(fields.group, fields.kind)[fields.group.elements.index(element)]
