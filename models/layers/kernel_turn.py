"""A group element acting on kernels that differ from place to place."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...symmetry import PointElement
from .fields import Fields, representation
from .untied_kernel import Untied


class KernelTurn(nn.Module):
    """``(g K)(p, y) = rho_out(g) K(g^-1 p, g^-1 y) rho_in(g)^-1``, row by row of the grid.

    Quarter turns and mirrors move the places and the entries ``(o, y, i)`` of a kernel, and change signs at most.

    Args:
        source, target: input and output fields.
        element: ``g``.
        shape: the grid ``(X, Y)``, which ``g`` must map onto itself.
    """

    def __init__(self, source: Fields, target: Fields, element: PointElement, shape: tuple[int, int], kernel_size: int):
        super().__init__()
        sizes = (target.channels, kernel_size, kernel_size, source.channels)
        numbers = torch.arange(1.0, 1 + torch.Size(sizes).numel(), dtype=torch.float64).view(sizes)
        moved = element.scalar(numbers.permute(0, 3, 1, 2))
        moved = moved.unflatten(1, (-1, source.size)).unflatten(0, (-1, target.size))
        rho_in, rho_out = (_rho(fields, element).double() for fields in (source, target))
        moved = torch.einsum("pq,oqirxy,sr->opxyis", rho_out, moved, rho_in).flatten()
        self.register_buffer("signs", moved.sign().to(torch.get_default_dtype()), persistent=False)
        self.register_buffer("entries", moved.abs().long() - 1, persistent=False)
        self.register_buffer("back", self.entries.argsort(), persistent=False)
        places = element.scalar(torch.arange(shape[0] * shape[1], dtype=torch.float64).view(shape))
        self.register_buffer("places", places.long(), persistent=False)

    def rows(self, kernel: Untied) -> Iterator[Float[Tensor, "Y n"]]:
        """The rows of ``g K``, the entries of each kernel as one list."""
        flat = kernel.flatten(0, 1).flatten(1)
        for places in self.places:
            yield flat[places][:, self.entries] * self.signs

    def differences(self, kernel: Untied) -> Iterator[Float[Tensor, "Y n"]]:
        """The rows of ``K - g K``."""
        for row, turned in zip(kernel.flatten(2), self.rows(kernel), strict=True):
            yield row - turned

    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        """Adds ``scale`` times the derivative of ``||K - g K||^2``, which is ``2 (1 - g^T) (K - g K)``."""
        flat = gradient.flatten(0, 1).flatten(1)
        for places, row, difference in zip(self.places, gradient.flatten(2), self.differences(kernel), strict=True):
            difference *= 2 * scale
            row += difference
            flat.index_add_(0, places, (difference * self.signs)[:, self.back], alpha=-1)


def _rho(fields: Fields, element: PointElement) -> Float[Tensor, "d d"]:
    return representation(fields.group, fields.kind)[fields.group.elements.index(element)]
