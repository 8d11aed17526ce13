"""Convolution without a point group."""

from __future__ import annotations

import torch
from torch import nn

from .built import BuiltConv2d, Kernel


class PlainConv2d(BuiltConv2d):
    """Computes ``out(p) = sum_y W(y) f(p + dilation y) + b``, with ``W: [C_out, C_in, k, k]`` free.

    Keeps: translations, exactly where the box is periodic. Breaks: rotations, reflections, scalings.

    Args:
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.
    """

    def __init__(
        self,
        source: int,
        target: int,
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        dilation: int = 1,
        gain: float = 2**0.5,
    ):
        super().__init__(kernel_size, boundary, dilation)
        if min(source, target) < 1:
            raise ValueError(f"width: expected at least 1 channel, got {source} -> {target}")
        scale = gain / (source * kernel_size**2) ** 0.5
        self.weight = nn.Parameter(scale * torch.randn(target, source, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(target))

    def kernel(self) -> Kernel:
        return self.weight

    def channel_bias(self) -> torch.Tensor:
        return self.bias
