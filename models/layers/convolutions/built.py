"""A convolution whose kernel is built from parameters."""

from __future__ import annotations

from abc import abstractmethod

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv2d

from ..box import check_boundary, check_kernel_size, pad_periodic, zero_padding
from ..built_once import BuiltOnce

Kernel = Float[Tensor, "C_out C_in k k"]


class BuiltConv2d(BuiltOnce):
    """Computes ``out(p) = sum_y K(y) f(p + dilation y) + b``, with ``K`` and ``b`` built by the subclass.

    Args:
        kernel_size: odd; the output has the input's grid.
        boundary: kind of wall along x and y: circular padding where ``periodic``, zeros elsewhere.
        dilation: distance between the places that the kernel sees, in cells.

    Raises:
        ValueError: even kernel size, or unknown walls.
    """

    def __init__(self, kernel_size: int, boundary: tuple[str, str], dilation: int = 1):
        super().__init__()
        check_kernel_size(kernel_size)
        check_boundary(boundary)
        self.kernel_size = kernel_size
        self.boundary = boundary
        self.dilation = dilation

    @abstractmethod
    def kernel(self) -> Kernel:
        """Builds ``K``, array axes -2 and -1 along x and y."""

    @abstractmethod
    def channel_bias(self) -> Float[Tensor, " C_out"] | None:
        """Builds ``b``, or returns None for fields that allow none."""

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        return convolve(fields, *self._built(), self.boundary, self.dilation)

    def build(self) -> tuple[Tensor, Tensor | None]:
        return self.kernel(), self.channel_bias()

    def sizes(self) -> str:
        """Describes channels, kernel and walls in words."""
        return sizes(self.kernel(), self.boundary, self.dilation)


def convolve(
    fields: Float[Tensor, "B C_in X Y"],
    kernel: Kernel,
    bias: Float[Tensor, " C_out"] | None,
    boundary: tuple[str, str],
    dilation: int,
) -> Float[Tensor, "B C_out X Y"]:
    """Computes ``out(p) = sum_y K(y) f(p + dilation y) + b`` on the input's grid, padded according to the walls."""
    radius = dilation * (kernel.shape[-1] // 2)
    padded = pad_periodic(fields, boundary, radius)
    return conv2d(padded, kernel, bias, padding=zero_padding(boundary, radius), dilation=dilation)


def sizes(kernel: Kernel, boundary: tuple[str, str], dilation: int = 1) -> str:
    """Describes channels, kernel and walls in words."""
    target, source, k, _ = kernel.shape
    apart = f" of entries {dilation} cells apart" if dilation > 1 else ""
    return f"{source} -> {target} channels, {k} x {k} kernels{apart}, {' and '.join(boundary)} walls"
