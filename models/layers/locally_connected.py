"""A convolution whose kernel is another one at each place."""

from __future__ import annotations

from abc import abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import pad

from .boundary import pad_periodic, zero_padding
from .relaxed_layer import RelaxedLayer

Untied = Float[Tensor, "k k X Y O I"]


class LocallyConnected2d(nn.Module, RelaxedLayer):
    """``out(p) = sum_y K(p, y) f(p + y) + b``, with untied kernels ``K: [k, k, X, Y, O, I]``.

    Subclasses say which kernels they would rather have, by their penalty; what they start from has no penalty.

    Args:
        start: the kernel ``[O, I, k, k]`` that all places start from.
        bias: one number a field, or None for fields that allow none.
        shape: the grid ``(X, Y)``.
        boundary: kind of wall along x and y.
        alpha: weight of the penalty.
    """

    def __init__(
        self,
        start: Float[Tensor, "O I k k"],
        bias: Float[Tensor, " fields"] | None,
        shape: tuple[int, int],
        boundary: tuple[str, str],
        alpha: float,
    ):
        super().__init__()
        self.boundary, self.alpha = boundary, alpha
        untied = start.detach().permute(2, 3, 0, 1)[:, :, None, None].repeat(1, 1, *shape, 1, 1)
        self.weight = nn.Parameter(untied)
        self.bias = None if bias is None else nn.Parameter(bias.detach().clone())

    def forward(self, fields: Float[Tensor, "B I X Y"]) -> Float[Tensor, "B O X Y"]:
        radius = self.weight.shape[0] // 2
        x, y = zero_padding(self.boundary, radius)
        padded = pad(pad_periodic(fields, self.boundary, radius), (y, y, x, x))
        output = UntiedProduct.apply(self.weight, padded.to(self.weight.dtype).permute(2, 3, 1, 0)).permute(3, 2, 0, 1)
        return output if self.bias is None else output + self.channel_bias()[:, None, None]

    def channel_bias(self) -> Float[Tensor, " O"]:
        """One number an output channel."""
        return self.bias

    @abstractmethod
    def relaxation_penalty(self) -> Float[Tensor, ""]:
        """``alpha`` times the squared distance from the kernels that the symmetry wants."""


class UntiedProduct(torch.autograd.Function):
    """``out[p] = sum_y K[y, p] f[p + y]``: one batched matrix product for each place ``y`` of the kernel.

    Kernels are large, ``[k, k, X, Y, O, I]``, and each pass reads them once; of the input only one shifted copy exists
    at a time, in the backward pass too, where automatic differentiation would keep all ``k^2`` of them.
    """

    @staticmethod
    def forward(ctx, kernel: Tensor, padded: Tensor) -> Tensor:
        ctx.save_for_backward(kernel, padded)
        k, _, x, y, channels, _ = kernel.shape
        output = padded.new_zeros(x * y, channels, padded.shape[-1])
        for u in range(k):
            for v in range(k):
                output += kernel[u, v].flatten(0, 1) @ padded[u : u + x, v : v + y].flatten(0, 1)
        return output.unflatten(0, (x, y))

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor]:
        kernel, padded = ctx.saved_tensors
        k, _, x, y = kernel.shape[:4]
        gradient = gradient.flatten(0, 1).to(kernel.dtype)
        for_kernel, for_padded = torch.empty_like(kernel), torch.zeros_like(padded)
        for u in range(k):
            for v in range(k):
                shifted = padded[u : u + x, v : v + y].flatten(0, 1)
                torch.bmm(gradient, shifted.mT, out=for_kernel[u, v].flatten(0, 1))
                back = kernel[u, v].flatten(0, 1).mT @ gradient
                for_padded[u : u + x, v : v + y] += back.unflatten(0, (x, y))
        return for_kernel, for_padded
