"""Convolution with a kernel that is built from parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import conv2d

from .boundary import pad_periodic, zero_padding

Kernel = Float[Tensor, "C_out C_in k k"]


class BuiltConv2d(nn.Module, ABC):
    """``out(p) = sum_y K(y) f(p + dilation y) + b``, with ``K`` and ``b`` built from parameters by the subclass.

    Building depends on the parameters only, so that inside :func:`kernels_built_once` it happens once, however often
    the layer is called.

    Args:
        kernel_size: odd; the output has the input's grid.
        boundary: kind of wall along x and y: circular padding where ``periodic``, zeros elsewhere.
        dilation: distance between the places that the kernel sees, in cells.

    Raises:
        ValueError: even kernel size.
    """

    def __init__(self, kernel_size: int, boundary: tuple[str, str], dilation: int = 1):
        super().__init__()
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(f"kernel_size: expected an odd number, got {kernel_size}")
        self.kernel_size = kernel_size
        self.boundary = boundary
        self.dilation = dilation
        self._keeps = False
        self._kept: tuple[Tensor, Tensor | None] | None = None

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

    def _built(self) -> tuple[Tensor, Tensor | None]:
        if not self._keeps:
            return self.kernel(), self.channel_bias()
        if self._kept is None:
            self._kept = self.kernel(), self.channel_bias()
        return self._kept


@contextmanager
def kernels_built_once(model: nn.Module) -> Iterator[None]:
    """Inside, each convolution of ``model`` builds its kernel at most once: for one optimisation step, or a rollout.

    Kernels are built at the first use, with their graph, and forgotten at the exit. Parameters must not change inside.
    Inside another such context this one does nothing.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, BuiltConv2d) and not layer._keeps]
    for layer in layers:
        layer._keeps = True
    try:
        yield
    finally:
        for layer in layers:
            layer._keeps, layer._kept = False, None
