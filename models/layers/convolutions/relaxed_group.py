"""Group convolution whose kernel may depend on the group element itself."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from ....symmetry import PointGroup
from ..bases.orbit import orbit_basis
from .relaxed_banks import RelaxedBanksConv2d


class RelaxedGroupConv2d(RelaxedBanksConv2d):
    """Between functions of an element of a point group and a place, with ``L`` banks of kernels::

        [f * Psi](g) = sum_h f(h) sum_l w_l(h) Psi_l(g^-1 h),    w: [L, |H|], 1/L at the start

    With ``weights_on="output"`` the weights are ``w_l(g)`` instead, the variant of the published code and of later
    papers. From vectors to functions on the group there is no ``h`` (weights on the output), to vectors no ``g``
    (weights on the input); the vectors' components turn with the element. Arguments and penalty: see
    :class:`RelaxedBanksConv2d`. The turned copies ``Psi_l(g^-1 y)`` are the pixels of one kernel moved about: groups
    are C4, D4 and the mirror, but not C8, whose eighth turns take pixels off the grid.

    Raises:
        ValueError: fields of C8 or of dilations; and see :class:`RelaxedBanksConv2d`.

    Keeps: translations. Breaks: the point group, as far as ``w`` varies over its elements.

    Source: Wang, Walters & Yu 2022, "Approximately equivariant networks for imperfectly symmetric dynamics":
    relaxed group convolution.
    """

    def free_kernels(self) -> Float[Tensor, "N o i k k"]:
        self.source.check_group(PointGroup)
        return orbit_basis(self.source.group, self.source.kind, self.target.kind, self.kernel_size)
