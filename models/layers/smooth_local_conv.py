"""Locally connected layer that would rather be a convolution."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from .locally_connected import LocallyConnected2d
from .plain_conv import PlainConv2d


class SmoothLocalConv2d(LocallyConnected2d):
    """Untied kernels with the penalty ``alpha sum ||K(p) - K(p')||^2`` over neighbouring places ``p``, ``p'``.

    Keeps: translations where the box is periodic, while ``K`` is the same everywhere, as at the start. Breaks:
    translations.

    Args:
        source, target: channels.
        shape: the grid ``(X, Y)``.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
        alpha: weight of the penalty.

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
        alpha: float = 1e-4,
    ):
        start = PlainConv2d(source, target, kernel_size=kernel_size, gain=gain)
        super().__init__(start.weight, start.bias, shape, boundary, alpha)

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        return self.alpha * SquaredDifferences.apply(self.weight)


class SquaredDifferences(torch.autograd.Function):
    """``sum ||K(p) - K(p')||^2`` over neighbouring places, with one entry of the kernel in hand at a time.

    Automatic differentiation would keep several copies of all kernels.
    """

    @staticmethod
    def forward(ctx, kernel: Tensor) -> Tensor:
        ctx.save_for_backward(kernel)
        blocks = kernel.flatten(0, 1)
        return sum(block.diff(dim=axis).square_().sum() for block in blocks for axis in (0, 1))

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        (kernel,) = ctx.saved_tensors
        for_kernel = torch.zeros_like(kernel)
        for block, for_block in zip(kernel.flatten(0, 1), for_kernel.flatten(0, 1), strict=True):
            for axis in (0, 1):
                difference = block.diff(dim=axis).mul_(2 * gradient)
                for_block.narrow(axis, 1, block.shape[axis] - 1).add_(difference)
                for_block.narrow(axis, 0, block.shape[axis] - 1).sub_(difference)
        return for_kernel
