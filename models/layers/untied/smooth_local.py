"""A locally connected layer, penalised for differing from a convolution."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from ..convolutions.plain import PlainConv2d
from .locally_connected import LocallyConnected2d
from .memory import chunk_size
from .untied_kernel import Untied


class SmoothLocalConv2d(LocallyConnected2d):
    """Penalises untied kernels by ``alpha sum ||K(p) - K(p')||^2 / n`` over neighbouring places ``p``, ``p'``, for
    ``n`` weights.

    Keeps: translations where the box is periodic, while ``K`` is the same everywhere, as at the start. Breaks:
    translations.

    Args:
        source, target: channels.
        shape: the grid ``(X, Y)``.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty. That of an earlier search on translation-buoyancy at strengths 0 and 1, when the
            penalty was a sum, for 32 x 32 places; from three times that on, training did not leave its start.

    Source: Wang, Walters & Yu 2022 (CLCNN), "Approximately equivariant networks for imperfectly symmetric dynamics".
    """

    def __init__(
        self,
        source: int,
        target: int,
        shape: tuple[int, int],
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
        alpha: float = 1e3,
    ):
        start = PlainConv2d(source, target, kernel_size=kernel_size, gain=gain)
        super().__init__(start.weight, start.bias, shape, boundary, alpha)

    def channel_bias(self) -> Float[Tensor, " O"] | None:
        return self.bias

    def distance(self, kernel: Untied) -> Float[Tensor, ""]:
        return sum((torch.dist(first, second) ** 2 for first, second in neighbours(kernel)), kernel.new_zeros(()))

    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        for values, sums in zip(neighbours(kernel), neighbours(gradient), strict=True):
            difference = values[1] - values[0]
            sums[0].addcmul_(difference, scale, value=-2)
            sums[1].addcmul_(difference, scale, value=2)


def neighbours(kernel: Untied) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields neighbouring kernels, along x and along y, a few at a time."""
    few = chunk_size(kernel[0, 0].numel(), kernel.device)
    height, width = min(few, kernel.shape[1]), max(1, few // kernel.shape[1])
    for y in range(0, kernel.shape[1], height):
        for x in range(0, kernel.shape[0], width):
            right = kernel[x + 1 : x + 1 + width, y : y + height]
            yield kernel[x : x + len(right), y : y + height], right
            above = kernel[x : x + width, y + 1 : y + 1 + height]
            yield kernel[x : x + width, y : y + above.shape[1]], above
