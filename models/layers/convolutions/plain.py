"""Convolution without a point group."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..built_once import BuiltOnce
from .stencil import Kernel, Stencil


class PlainConv2d(BuiltOnce):
    """Computes ``out(p) = sum_y W(y) f(p + dilation y) + b``, with ``W: [C_out, C_in, k, k]`` free.

    Keeps: translations, exactly where the box is periodic. Breaks: rotations, reflections, scalings.

    Args:
        source, target: channels.
        kernel_size, boundary, dilation: see :class:`~.stencil.Stencil`.
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
        super().__init__()
        self.stencil = Stencil(kernel_size, boundary, dilation)
        if min(source, target) < 1:
            raise ValueError(f"width: expected at least 1 channel, got {source} -> {target}")
        scale = gain / (source * kernel_size**2) ** 0.5
        self.weight = nn.Parameter(scale * torch.randn(target, source, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(target))

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        return self.stencil.convolve(fields, *self._built())

    def build(self) -> tuple[Kernel, Float[Tensor, " C_out"]]:
        """Returns ``W`` and ``b``."""
        return self.weight, self.bias

    def sizes(self) -> str:
        """Describes channels, kernel and walls in words."""
        return self.stencil.sizes(self.weight)
