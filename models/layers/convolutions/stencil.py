"""How a kernel meets the grid: its size, the walls, and the distance between its entries."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv2d

from ..box import check_boundary, check_kernel_size, pad_periodic, zero_padding

Kernel = Float[Tensor, "C_out C_in k k"]


@dataclass(frozen=True)
class Stencil:
    """Describes which places around ``p`` enter ``sum_y K(y) f(p + dilation y)``, and what lies beyond the walls.

    Raises:
        ValueError: even kernel size, or unknown walls.
    """

    kernel_size: int
    """Odd: the output has the input's grid."""
    boundary: tuple[str, str]
    """Kind of wall along x and y: circular padding where ``periodic``, zeros elsewhere."""
    dilation: int = 1
    """Distance between the places that the kernel sees, in cells."""

    def __post_init__(self):
        check_kernel_size(self.kernel_size)
        check_boundary(self.boundary)

    def convolve(
        self, fields: Float[Tensor, "B C_in X Y"], kernel: Kernel, bias: Float[Tensor, " C_out"] | None
    ) -> Float[Tensor, "B C_out X Y"]:
        """Computes ``out(p) = sum_y K(y) f(p + dilation y) + b``, array axes -2 and -1 of ``K`` along x and y."""
        radius = self.dilation * (self.kernel_size // 2)
        padded = pad_periodic(fields, self.boundary, radius)
        return conv2d(padded, kernel, bias, padding=zero_padding(self.boundary, radius), dilation=self.dilation)

    def sizes(self, kernel: Kernel) -> str:
        """Describes channels, kernel and walls in words."""
        target, source, k, _ = kernel.shape
        apart = f" of entries {self.dilation} cells apart" if self.dilation > 1 else ""
        return f"{source} -> {target} channels, {k} x {k} kernels{apart}, {' and '.join(self.boundary)} walls"
