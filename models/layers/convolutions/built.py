"""Convolution with a kernel that is built from parameters."""

from __future__ import annotations

from abc import abstractmethod

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv2d

from ..box import check_boundary, pad_periodic, zero_padding
from ..built_once import BuiltOnce

Kernel = Float[Tensor, "C_out C_in k k"]


class BuiltConv2d(BuiltOnce):
    """``out(p) = sum_y K(y) f(p + dilation y) + b``, with ``K`` and ``b`` built from parameters by the subclass.

    Args:
        kernel_size: odd; the output has the input's grid.
        boundary: kind of wall along x and y: circular padding where ``periodic``, zeros elsewhere.
        dilation: distance between the places that the kernel sees, in cells.

    Raises:
        ValueError: even kernel size, or unknown walls.
    """

    def __init__(self, kernel_size: int, boundary: tuple[str, str], dilation: int = 1):
        super().__init__()
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(f"kernel_size: expected an odd number, got {kernel_size}")
        check_boundary(boundary)
        self.kernel_size = kernel_size
        self.boundary = boundary
        self.dilation = dilation

    @abstractmethod
    def kernel(self) -> Kernel:
        """``K``, array axes -2 and -1 along x and y."""

    @abstractmethod
    def channel_bias(self) -> Float[Tensor, " C_out"] | None:
        """``b``, or None for fields that allow none."""

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        kernel, bias = self._built()
        radius = self.dilation * (self.kernel_size // 2)
        padded = pad_periodic(fields, self.boundary, radius)
        return conv2d(padded, kernel, bias, padding=zero_padding(self.boundary, radius), dilation=self.dilation)

    def build(self) -> tuple[Tensor, Tensor | None]:
        return self.kernel(), self.channel_bias()

    def sizes(self) -> str:
        """Channels, kernel and walls, in words."""
        return sizes(self.kernel(), self.boundary, self.dilation)


def sizes(kernel: Kernel, boundary: tuple[str, str], dilation: int = 1) -> str:
    """Channels, kernel and walls, in words."""
    target, source, k, _ = kernel.shape
    apart = f" of entries {dilation} cells apart" if dilation > 1 else ""
    return f"{source} -> {target} channels, {k} x {k} kernels{apart}, {' and '.join(boundary)} walls"
