"""What convolutions between fields whose strict part is a sum over the group's kernels share."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, einsum, nn

from ..bases.kernel import kernel_basis
from ..fields.fields import Fields
from .built import Kernel
from .field import FieldConv2d, initial_scale


class BasisConv2d(FieldConv2d):
    """Holds ``w: [O, I, N]`` and ``Psi``, all kernels that the group allows.

    Args:
        source, target: ``I`` input and ``O`` output fields, of a point group, of C8 or of a :class:`ScaleGroup`.
        gain: ``sum_n w_n Psi_n`` starts with entries of variance ``gain^2 / (C_in k^2)``.
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
        super().__init__(source, target, kernel_size, boundary)
        basis = kernel_basis(source, target, kernel_size)
        scale = initial_scale(basis, source, gain)
        self.weight = nn.Parameter(scale * torch.randn(target.count, source.count, len(basis)))
        self.register_buffer("basis", basis.to(self.weight), persistent=False)

    def strict_kernel(self) -> Kernel:
        """``sum_n w_n Psi_n`` as a kernel ``[O * size_out, I * size_in, k, k]``."""
        return flat_kernel(einsum("oin,npqxy->opiqxy", self.weight, self.basis))


def flat_kernel(blocks: Float[Tensor, "O p I q k k"]) -> Kernel:
    """Fields and their components as channels."""
    return blocks.flatten(2, 3).flatten(0, 1)
