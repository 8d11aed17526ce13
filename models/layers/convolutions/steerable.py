"""Strictly equivariant convolution."""

from __future__ import annotations

from .basis import BasisConv2d
from .built import Kernel


class SteerableConv2d(BasisConv2d):
    """``K(y) = sum_n w_n Psi_n(y)``; arguments: see :class:`BasisConv2d`.

    Keeps: a point group, exactly; eighth turns or scaling, as far as the grid resolves them; and translations as any
    convolution. Breaks: nothing.

    Source: Weiler & Cesa 2019, "General E(2)-equivariant steerable CNNs"; for scaling
    Sosnovik, Szmaja & Smeulders 2020, "Scale-equivariant steerable networks".
    """

    def kernel(self) -> Kernel:
        return self.strict_kernel()
