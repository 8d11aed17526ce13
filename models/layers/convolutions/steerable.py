"""A strictly equivariant convolution."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, einsum

from ..bases.kernel import kernel_basis
from ..fields.fields import Fields
from .field import FieldConv2d, flat_kernel
from .stencil import Kernel


class SteerableConv2d(FieldConv2d):
    """Convolves with ``K(y) = sum_n w_n Psi_n(y)``, with ``Psi`` all kernels that the group allows.

    Keeps: a point group, exactly; eighth turns or scaling, as far as the grid resolves them; and translations as any
    convolution. Breaks: nothing.

    Args:
        source, target: input and output fields, of a point group, of C8 or of a :class:`ScaleGroup`.
        kernel_size: odd.
        boundary: kind of wall along x and y, see :class:`~.stencil.Stencil`.
        gain: the initial kernel has entries of variance ``gain^2 / (C_in k^2)``.

    Source: Weiler & Cesa 2019, "General E(2)-equivariant steerable CNNs"; for scaling
    Sosnovik, Szmaja & Smeulders 2020, "Scale-equivariant steerable networks".
    """

    def __init__(
        self,
        source: Fields,
        target: Fields,
        *,
        kernel_size: int = 3,
        boundary: tuple[str, str] = ("closed", "closed"),
        gain: float = 2**0.5,
    ):
        super().__init__(source, target, kernel_basis(source, target, kernel_size), boundary=boundary, gain=gain)

    def kernel(self) -> Kernel:
        return flat_kernel(einsum("oin,npqxy->opiqxy", self.weight, self.basis))

    def channel_bias(self) -> Float[Tensor, " C_out"] | None:
        return self.field_bias()
