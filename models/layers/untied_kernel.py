"""Kernels that differ from place to place, in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

Untied = Float[Tensor, "X Y O k k I"]


@dataclass
class Uses:
    """What the backward pass has met so far: products, and penalties that add to the gradient in place."""

    products: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    penalties: list[Callable[[Tensor], None]] = field(default_factory=list)


class UntiedKernel:
    """Products with untied kernels, and penalties on them, whose gradient is written once.

    Such kernels are larger than anything else in memory, and time goes into reading and writing them. A rollout uses
    them once a frame and the penalty once more; instead of adding that many gradients of the kernels' size, each use
    notes what it saw, and one product over all frames writes the sum. Through ``token``, a number that stands for the
    kernels in the graph, autograd knows when all uses have been met.
    """

    def __init__(self, weight: Untied):
        self.values = weight.detach()
        self.uses = Uses()
        self.token = WriteGradient.apply(weight, self.uses)

    def product(self, padded: Float[Tensor, "X2 Y2 B I"]) -> Float[Tensor, "X Y B O"]:
        """``out(p) = sum_y K(p, y) f(p + y)``."""
        return Product.apply(self.token, self.values, padded, self.uses)

    def penalty(self, value: Callable[[Untied], Tensor], add_gradient: Callable[[Untied, Tensor, Untied], None]):
        """``value(K)``, with ``add_gradient(K, c, G)`` adding ``c`` times its gradient to ``G`` in place."""
        return Penalty.apply(self.token, self.values, value, add_gradient, self.uses)


class WriteGradient(torch.autograd.Function):
    """From the kernels to their token; backwards, from what the uses noted to the gradient of the kernels."""

    @staticmethod
    def forward(ctx, weight: Tensor, uses: Uses) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.uses = uses
        return weight.new_zeros(())

    @staticmethod
    @once_differentiable
    def backward(ctx, _: Tensor) -> tuple[Tensor, None]:
        (weight,), uses = ctx.saved_tensors, ctx.uses
        gradient = torch.empty_like(weight) if uses.products else torch.zeros_like(weight)
        if uses.products:
            fields, outputs = (torch.cat(parts, 2) for parts in zip(*uses.products, strict=True))
            for row, output, seen in zip(gradient.flatten(3), outputs, rows(fields, weight.shape[3]), strict=True):
                torch.bmm(output.mT, seen, out=row)
        for add in uses.penalties:
            add(gradient)
        uses.products.clear()
        uses.penalties.clear()
        return gradient, None


class Product(torch.autograd.Function):
    """Row by row of the grid, so that what a row of kernels sees is the only copy of the fields at any time."""

    @staticmethod
    def forward(ctx, token: Tensor, kernel: Tensor, fields: Tensor, uses: Uses) -> Tensor:
        ctx.save_for_backward(kernel, fields)
        ctx.uses = uses
        output = fields.new_empty(*kernel.shape[:2], fields.shape[2], kernel.shape[2])
        for row, seen, out in zip(kernel.flatten(3), rows(fields, kernel.shape[3]), output, strict=True):
            torch.bmm(seen, row.mT, out=out)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, Tensor | None, None]:
        kernel, fields = ctx.saved_tensors
        gradient = gradient.to(kernel.dtype).contiguous()
        ctx.uses.products.append((fields, gradient))
        if not ctx.needs_input_grad[2]:
            return gradient.new_zeros(()), None, None, None
        k, height = kernel.shape[3], kernel.shape[1]
        for_fields = torch.zeros_like(fields)
        back = kernel.new_empty(height, fields.shape[2], kernel[0, 0, 0].numel())
        entries = back.unflatten(2, kernel.shape[3:])
        for x, row in enumerate(kernel.flatten(3)):
            torch.bmm(gradient[x], row, out=back)
            for u in range(k):
                for v in range(k):
                    for_fields[x + u, v : v + height] += entries[:, :, u, v]
        return gradient.new_zeros(()), None, for_fields, None


class Penalty(torch.autograd.Function):
    """A number that depends on the kernels alone."""

    @staticmethod
    def forward(ctx, token: Tensor, kernel: Tensor, value: Callable, add_gradient: Callable, uses: Uses) -> Tensor:
        ctx.save_for_backward(kernel)
        ctx.add_gradient, ctx.uses = add_gradient, uses
        return value(kernel)

    @staticmethod
    @once_differentiable
    def backward(ctx, weight: Tensor) -> tuple[Tensor, None, None, None, None]:
        (kernel,), add_gradient = ctx.saved_tensors, ctx.add_gradient
        ctx.uses.penalties.append(lambda gradient: add_gradient(kernel, weight, gradient))
        return weight.new_zeros(()), None, None, None, None


def rows(fields: Float[Tensor, "X2 Y2 B I"], k: int) -> Iterator[Float[Tensor, "Y B kkI"]]:
    """What each kernel of a row of the grid sees, one row after the other."""
    for x in range(fields.shape[0] - k + 1):
        yield fields[x : x + k].unfold(1, k, 1).permute(1, 2, 0, 4, 3).flatten(2)
