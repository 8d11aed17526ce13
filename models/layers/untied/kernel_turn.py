"""The action of a group element on kernels that differ from place to place."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ....symmetry import PointElement
from ..fields.fields import Fields, representation
from ..fields.on_cpu import on_cpu
from .memory import chunk_size
from .untied_kernel import Untied


class KernelTurn(nn.Module):
    """Computes ``(g K)(p, y) = rho_out(g) K(g^-1 p, g^-1 y) rho_in(g)^-1``, row by row of the grid.

    Quarter turns and mirrors move the places and the entries ``(o, y, i)`` of a kernel, and change signs at most. To be
    moved to the kernels: it is made in float64 on the processor.

    Args:
        source, target: input and output fields.
        element: ``g``.
        shape: the grid ``(X, Y)``, which ``g`` must map onto itself.
    """

    @on_cpu
    def __init__(self, source: Fields, target: Fields, element: PointElement, shape: tuple[int, int], kernel_size: int):
        super().__init__()
        sizes = (target.channels, kernel_size, kernel_size, source.channels)
        numbers = torch.arange(1.0, 1 + torch.Size(sizes).numel(), dtype=torch.float64).view(sizes)
        moved = element.scalar(numbers.permute(0, 3, 1, 2))
        moved = moved.unflatten(1, (-1, source.size)).unflatten(0, (-1, target.size))
        rho_in, rho_out = (_rho(fields, element) for fields in (source, target))
        moved = torch.einsum("pq,oqirxy,sr->opxyis", rho_out, moved, rho_in).flatten()
        self.register_buffer("signs", moved.sign(), persistent=False)
        self.changes_signs = bool((moved < 0).any())
        self.register_buffer("entries", moved.abs().long() - 1, persistent=False)
        self.register_buffer("entries_back", self.entries.argsort(), persistent=False)
        self.register_buffer("signs_back", self.signs[self.entries_back], persistent=False)
        places = element.scalar(torch.arange(shape[0] * shape[1], dtype=torch.float64).view(shape)).long().flatten()
        self.register_buffer("places", places, persistent=False)
        self.register_buffer("places_back", places.argsort(), persistent=False)
        self.register_buffer("order", orbits(places).argsort(stable=True), persistent=False)

    def pieces(self, kernel: Untied) -> Iterator[Int[Tensor, " P"]]:
        """Yields all places, a few at a time; those that ``g`` maps onto one another together, for the cache."""
        return iter(self.order.split(chunk_size(kernel[0, 0].numel(), kernel.device)))

    def turned(self, kernel: Float[Tensor, "XY n"], places: Int[Tensor, " P"]) -> Float[Tensor, "P n"]:
        """Computes ``(g K)(p)`` at the places ``p``, with the entries of each kernel flattened."""
        return self._moved(kernel.index_select(0, self.places[places]), self.entries, self.signs)

    def turned_back(self, kernel: Float[Tensor, "XY n"], places: Int[Tensor, " P"]) -> Float[Tensor, "P n"]:
        """Computes ``(g^-1 K)(p)``."""
        return self._moved(kernel.index_select(0, self.places_back[places]), self.entries_back, self.signs_back)

    def _moved(self, kernels: Float[Tensor, "P n"], entries: Int[Tensor, " n"], signs: Float[Tensor, " n"]) -> Tensor:
        moved = kernels.index_select(1, entries)
        return moved.mul_(signs) if self.changes_signs else moved

    def distance(self, kernel: Untied) -> Float[Tensor, ""]:
        """Computes ``||K - g K||^2``."""
        flat = kernel.flatten(0, 1).flatten(1)
        squares = (torch.dist(flat.index_select(0, p), self.turned(flat, p)) ** 2 for p in self.pieces(kernel))
        return sum(squares, kernel.new_zeros(()))

    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        """Adds ``scale`` times the derivative of ``||K - g K||^2``, which is ``4 K - 2 g K - 2 g^-1 K``."""
        flat, sums = (values.flatten(0, 1).flatten(1) for values in (kernel, gradient))
        for p in self.pieces(kernel):
            change = flat.index_select(0, p).mul_(2).sub_(self.turned(flat, p)).sub_(self.turned_back(flat, p))
            sums.index_add_(0, p, change.mul_(2 * scale))


def orbits(places: Int[Tensor, " P"]) -> Int[Tensor, " P"]:
    """Labels each place by the least of those that repeated moves lead to, for a map of order four at most."""
    least = moved = torch.arange(len(places))
    for _ in range(3):
        moved = moved[places]
        least = torch.minimum(least, moved)
    return least


def _rho(fields: Fields, element: PointElement) -> Float[Tensor, "d d"]:
    return representation(fields.group, fields.kind)[fields.group.elements.index(element)]
