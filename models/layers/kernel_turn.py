"""A group element acting on kernels that differ from place to place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ...symmetry import PointElement
from .fields import Fields, representation
from .untied_kernel import CACHED_NUMBERS, Untied

Cycles = Int[Tensor, "m R"]


class KernelTurn(nn.Module):
    """``(g K)(p, y) = rho_out(g) K(g^-1 p, g^-1 y) rho_in(g)^-1``, with ``g`` of order ``m``.

    Quarter turns and mirrors move the places and the entries ``(o, y, i)`` of a kernel, and change signs at most, so
    that the kernels of the places ``g^-i p`` may be compared at ``p``: along each cycle of places, by differences
    between neighbours in the list ``(g^i K)(p)``, ``i = 0 ... m-1``.

    Args:
        source, target: input and output fields.
        element: ``g``.
        shape: the grid ``(X, Y)``, which ``g`` must map onto itself.
    """

    def __init__(self, source: Fields, target: Fields, element: PointElement, shape: tuple[int, int], kernel_size: int):
        super().__init__()
        powers = [PointElement()]
        while (power := element @ powers[-1]) != powers[0]:
            powers.append(power)
        moved = torch.stack([_moved_entries(source, target, power, kernel_size) for power in powers])
        self.register_buffer("entries", moved.abs().long() - 1, persistent=False)
        self.register_buffer("signs", moved.sign().to(torch.get_default_dtype()), persistent=False)
        self.changes_signs = bool((moved < 0).any())
        numbers = torch.arange(float(shape[0] * shape[1])).view(shape)
        places = torch.stack([power.scalar(numbers).flatten().long() for power in powers])
        cycles = places[:, places[0] == places.amin(0)]
        fixed = cycles[0] == cycles[1]
        self.register_buffer("cycles", cycles[:, ~fixed], persistent=False)
        self.register_buffer("fixed", cycles[:, fixed], persistent=False)

    def pieces(self, kernel: Untied) -> Iterator[tuple[Cycles, float]]:
        """All cycles, a few at a time, which the cache rewards, and how much each counts: the place that ``g`` leaves
        where it is comes up ``m`` times in its own."""
        order = len(self.entries)
        few = max(1, 2 * CACHED_NUMBERS // (order * kernel[0, 0].numel()))
        for cycles, weight in ((self.cycles, 1.0), (self.fixed, 1 / order)):
            yield from ((piece, weight) for piece in cycles.split(few, 1))

    def copies(self, kernel: Float[Tensor, "XY n"], cycles: Cycles) -> list[Float[Tensor, "R n"]]:
        """``(g^i K)(p)`` for all ``i``, the entries of each kernel as one list."""
        return [self._moved(kernel.index_select(0, places), i) for i, places in enumerate(cycles)]

    def _moved(self, kernels: Float[Tensor, "R n"], power: int) -> Float[Tensor, "R n"]:
        if power % len(self.entries) == 0:
            return kernels
        moved = kernels.index_select(1, self.entries[power])
        return moved.mul_(self.signs[power]) if self.changes_signs else moved

    def distance(self, kernel: Untied) -> Float[Tensor, ""]:
        """``||K - g K||^2``."""
        flat, total = kernel.flatten(0, 1).flatten(1), kernel.new_zeros(())
        for cycles, weight in self.pieces(kernel):
            copies = self.copies(flat, cycles)
            for first, second in pairwise([*copies, copies[0]]):
                total = total + weight * torch.dist(first, second) ** 2
        return total

    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        """Adds ``scale`` times the derivative of ``||K - g K||^2``, which is ``4 K - 2 g K - 2 g^-1 K``."""
        flat, sums = (values.flatten(0, 1).flatten(1) for values in (kernel, gradient))
        for cycles, weight in self.pieces(kernel):
            copies = self.copies(flat, cycles)
            for i, places in enumerate(cycles):
                change = (copies[i] - copies[i - 1]).add_(copies[i] - copies[i + 1 - len(copies)])
                sums.index_add_(0, places, self._moved(change.mul_(2 * weight * scale), -i))


def _moved_entries(source: Fields, target: Fields, element: PointElement, kernel_size: int) -> Float[Tensor, " n"]:
    """Which entry of a kernel comes to each entry, counted from 1 and with its sign."""
    sizes = (target.channels, kernel_size, kernel_size, source.channels)
    numbers = torch.arange(1.0, 1 + torch.Size(sizes).numel(), dtype=torch.float64).view(sizes)
    moved = element.scalar(numbers.permute(0, 3, 1, 2))
    moved = moved.unflatten(1, (-1, source.size)).unflatten(0, (-1, target.size))
    rho_in, rho_out = (_rho(fields, element).double() for fields in (source, target))
    return torch.einsum("pq,oqirxy,sr->opxyis", rho_out, moved, rho_in).flatten()


def _rho(fields: Fields, element: PointElement) -> Float[Tensor, "d d"]:
    return representation(fields.group, fields.kind)[fields.group.elements.index(element)]
