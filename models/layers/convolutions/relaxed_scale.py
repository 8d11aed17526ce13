"""Convolution over scales whose kernel may depend on the scale itself."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from ..bases.scale import scale_basis
from ..fields.scales import ScaleGroup
from .relaxed_banks import RelaxedBanksConv2d


class RelaxedScaleConv2d(RelaxedBanksConv2d):
    """Between functions of a factor and a place, with ``L`` banks of kernels that grow with the factor::

        [f * Psi](r) = sum_s f(s) sum_l w_l(s) Psi_l(s / r),    w: [L, |S|], 1/L at the start

    ``weights_on="output"``: ``w_l(r)`` instead. Fields must be those of a :class:`ScaleGroup`. Arguments and penalty:
    see :class:`RelaxedBanksConv2d`; ``kernel_size`` 5 holds the factor 2.

    Raises:
        ValueError: fields of turns or mirrors; and see :class:`RelaxedBanksConv2d`.

    Keeps: translations. Breaks: scaling, as far as ``w`` varies over the factors.

    Source: Wang, Walters & Yu 2022, "Approximately equivariant networks for imperfectly symmetric dynamics":
    relaxed group convolution, for the scaling group.
    """

    def free_kernels(self) -> Float[Tensor, "N o i k k"]:
        self.source.check_group(ScaleGroup)
        return scale_basis(self.source.group, self.source.kind, self.target.kind, self.kernel_size)
