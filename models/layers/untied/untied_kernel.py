"""Products with kernels that differ from place to place, and penalties on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from .memory import KeptMemory, chunk_size

Untied = Float[Tensor, "X Y O k k I"]


@dataclass
class Uses:
    """Holds what one backward pass has met so far: products, and penalties that add to the gradient in place."""

    products: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    penalties: list[Callable[[Tensor], None]] = field(default_factory=list)


UsesByPass = dict[int, Uses]


class UntiedKernel:
    """Computes products with untied kernels, and penalties on them, and writes their joint gradient once.

    Such kernels are larger than anything else in memory, and time goes into reading and writing them. A rollout uses
    them once a frame and the penalty once more; instead of adding that many gradients of the kernels' size, each use
    notes what it saw, and one product over all frames writes the sum. Through ``token``, a number that stands for the
    kernels in the graph, autograd knows when all uses have been met. Each backward pass keeps its own notes, and none
    if it does not reach the kernels, as one for the gradient of the fields alone.
    """

    def __init__(self, weight: Untied, memory: KeptMemory):
        self.values = weight.detach()
        self.uses = {}
        self.token = WriteGradient.apply(weight, self.uses, memory)

    def product(self, padded: Float[Tensor, "B X2 Y2 I"]) -> Float[Tensor, "B X Y O"]:
        """Computes ``out(p) = sum_y K(p, y) f(p + y)``."""
        return Product.apply(self.token, self.values, padded, self.uses)

    def penalty(self, value: Callable[[Untied], Tensor], add_gradient: Callable[[Untied, Tensor, Untied], None]):
        """Computes ``value(K)``, with ``add_gradient(K, c, G)`` adding ``c`` times its gradient to ``G`` in place."""
        return Penalty.apply(self.token, self.values, value, add_gradient, self.uses)


class WriteGradient(torch.autograd.Function):
    """Maps the kernels to their token; backwards, what the uses noted to the gradient of the kernels."""

    @staticmethod
    def forward(ctx, weight: Tensor, uses: UsesByPass, memory: KeptMemory) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.uses, ctx.memory = uses, memory
        return weight.new_zeros(())

    @staticmethod
    @once_differentiable
    def backward(ctx, _: Tensor) -> tuple[Tensor, None, None]:
        (weight,), uses = ctx.saved_tensors, ctx.uses.pop(backward_pass(), Uses())
        gradient = ctx.memory.empty_like(weight)
        if uses.products:
            fields, outputs = (torch.cat(each) for each in zip(*uses.products, strict=True))
            for x, seen in slabs(fields, weight):
                torch.bmm(at_places(outputs, x).mT, seen, out=gradient[x].flatten(0, 1).flatten(2))
        else:
            gradient.zero_()
        with torch.autocast(weight.device.type, enabled=False):
            for add in uses.penalties:
                add(gradient)
        return gradient, None, None


class Product(torch.autograd.Function):
    """Multiplies a few rows of the grid at a time, so that their inputs are the only copy of the fields at any time."""

    @staticmethod
    def forward(ctx, token: Tensor, kernel: Tensor, fields: Tensor, uses: UsesByPass) -> Tensor:
        ctx.save_for_backward(kernel, fields)
        ctx.uses = uses
        output = fields.new_empty(len(fields), *kernel.shape[:3])
        for x, seen in slabs(fields, kernel):
            values = fields.new_empty(*kernel[x].shape[:3], len(fields))
            torch.bmm(kernel[x].flatten(0, 1).flatten(2), seen.mT, out=values.flatten(0, 1))
            output[:, x] = values.permute(3, 0, 1, 2)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, Tensor | None, None]:
        kernel, fields = ctx.saved_tensors
        gradient = gradient.to(kernel.dtype)
        if reaches_kernels(ctx):
            noted(ctx.uses).products.append((fields, gradient))
        if not ctx.needs_input_grad[2]:
            return gradient.new_zeros(()), None, None, None
        for_fields = torch.zeros_like(fields)
        k, height = kernel.shape[3], kernel.shape[1]
        for x in rows(fields, kernel):
            seen = torch.bmm(at_places(gradient, x), kernel[x].flatten(0, 1).flatten(2))
            seen = seen.view(-1, height, len(fields), *kernel.shape[3:]).permute(3, 4, 2, 0, 1, 5)
            for u, v in product(range(k), repeat=2):
                for_fields[:, x.start + u : x.stop + u, v : v + height] += seen[u, v]
        return gradient.new_zeros(()), None, for_fields, None


class Penalty(torch.autograd.Function):
    """Computes a number that depends on the kernels alone, in their own precision."""

    @staticmethod
    def forward(
        ctx, token: Tensor, kernel: Tensor, value: Callable, add_gradient: Callable, uses: UsesByPass
    ) -> Tensor:
        ctx.save_for_backward(kernel)
        ctx.add_gradient, ctx.uses = add_gradient, uses
        with torch.autocast(kernel.device.type, enabled=False):
            return value(kernel)

    @staticmethod
    @once_differentiable
    def backward(ctx, weight: Tensor) -> tuple[Tensor, None, None, None, None]:
        (kernel,), add_gradient = ctx.saved_tensors, ctx.add_gradient
        if reaches_kernels(ctx):
            noted(ctx.uses).penalties.append(lambda gradient: add_gradient(kernel, weight, gradient))
        return weight.new_zeros(()), None, None, None, None


def backward_pass() -> int:
    """Returns a number that identifies the current call of ``backward`` or ``autograd.grad``."""
    return torch._C._current_graph_task_id()


def noted(uses: UsesByPass) -> Uses:
    """Returns the notes of the current backward pass."""
    return uses.setdefault(backward_pass(), Uses())


def reaches_kernels(ctx) -> bool:
    """Checks whether the current backward pass goes on from a use of the kernels to :class:`WriteGradient`."""
    writer = ctx.next_functions[0][0]
    return writer is not None and torch._C._will_engine_execute_node(writer)


def rows(fields: Float[Tensor, "B X2 Y2 I"], kernel: Untied) -> Iterator[slice]:
    """Yields rows of the grid, as many at a time as the inputs of their kernels fit into memory."""
    few = chunk_size(kernel.shape[1] * len(fields) * kernel[0, 0, 0].numel(), kernel.device)
    for x in range(0, len(kernel), few):
        yield slice(x, min(x + few, len(kernel)))


def at_places(outputs: Float[Tensor, "B X Y O"], x: slice) -> Float[Tensor, "P B O"]:
    """Reads some rows of the grid, place by place."""
    return outputs[:, x].permute(1, 2, 0, 3).contiguous().flatten(0, 1)


def slabs(fields: Float[Tensor, "B X2 Y2 I"], kernel: Untied) -> Iterator[tuple[slice, Float[Tensor, "P B kkI"]]]:
    """Yields rows of the grid, and the inputs of each of their kernels."""
    k = kernel.shape[3]
    for x in rows(fields, kernel):
        windows = fields[:, x.start : x.stop + k - 1].unfold(1, k, 1).unfold(2, k, 1)
        yield x, windows.permute(1, 2, 0, 4, 5, 3).flatten(3).flatten(0, 1)
