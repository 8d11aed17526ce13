"""Convolutions between fields of a group."""

from __future__ import annotations

from abc import abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..built_once import BuiltOnce
from ..fields.fields import Fields
from .stencil import Kernel, Stencil


class FieldConv2d(BuiltOnce):
    """Convolves between fields with a kernel that is built from weights ``w: [*, O, I, N]`` on a basis ``Psi``.

    It has one bias a field: shared by its components, none for vectors. Any other bias would break the symmetry.

    Args:
        source, target: ``I`` input and ``O`` output fields, of a point group, of C8 or of a :class:`ScaleGroup`.
        basis: ``Psi: [N, o, i, k, k]``, kernels between one input and one output field.
        banks: sizes of the axes ``*``.
        gain: ``sum_n w_n Psi_n`` starts with entries of variance ``gain^2 / (C_in k^2)`` ...
        spread: ... times the square of this number.

    Raises:
        ValueError: fields of different groups.
    """

    basis: Tensor

    def __init__(
        self,
        source: Fields,
        target: Fields,
        basis: Float[Tensor, "N o i k k"],
        *,
        boundary: tuple[str, str],
        gain: float,
        banks: tuple[int, ...] = (),
        spread: float = 1.0,
    ):
        super().__init__()
        self.stencil = Stencil(basis.shape[-1], boundary)
        if source.group != target.group:
            raise ValueError(f"target: expected fields of {source.group.name}, got fields of {target.group.name}")
        self.source, self.target = source, target
        self.bias = None if target.kind == "vector" else nn.Parameter(torch.zeros(target.count))
        scale = gain * (basis.shape[1] / (source.count * basis.square().sum().item())) ** 0.5 * spread
        self.weight = nn.Parameter(scale * torch.randn(*banks, target.count, source.count, len(basis)))
        self.register_buffer("basis", basis.to(self.weight), persistent=False)

    @abstractmethod
    def kernel(self) -> Kernel:
        """Builds ``K`` from the weights."""

    @abstractmethod
    def channel_bias(self) -> Float[Tensor, " C_out"] | None:
        """Builds ``b``, or returns None for fields that allow none."""

    def forward(self, fields: Float[Tensor, "B C_in X Y"]) -> Float[Tensor, "B C_out X Y"]:
        return self.stencil.convolve(fields, *self._built())

    def build(self) -> tuple[Kernel, Float[Tensor, " C_out"] | None]:
        """Builds the kernel and the bias of each channel."""
        return self.kernel(), self.channel_bias()

    def sizes(self) -> str:
        """Describes channels, kernel and walls in words."""
        return self.stencil.sizes(self.kernel())

    def field_bias(self) -> Float[Tensor, " C_out"] | None:
        """Spreads the bias of each field over its channels."""
        return None if self.bias is None else self.target.by_channel(self.bias)


def flat_kernel(blocks: Float[Tensor, "O p I q k k"]) -> Kernel:
    """Reads fields and their components as channels."""
    return blocks.flatten(2, 3).flatten(0, 1)
