"""A repair of e2cnn 0.2.3, its last release, for numpy 2.

Two things that numpy 2 removed stop it: ``np.array(..., copy=False)`` for "copy if you must" in ``kernels/utils.py``,
and ``ndarray.tostring`` in four ``__hash__`` methods of ``kernels/irreps_basis.py``. Exactly these are replaced.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy


class Numpy1Array:
    """Stands for numpy, except that ``array(..., copy=False)`` copies where it must, as numpy 1 did."""

    def __getattr__(self, name: str):
        return getattr(numpy, name)

    def array(self, values, copy: bool = True) -> numpy.ndarray:
        return numpy.array(values) if copy else numpy.asarray(values)


def _hash(basis) -> int:
    gamma = numpy.asarray(basis.gamma).tobytes()
    return hash((basis.in_irrep, basis.out_irrep, basis.mu.tobytes(), gamma))


@cache
def e2cnn_gspaces() -> ModuleType:
    """Imports ``e2cnn.gspaces``, at the first use because that takes seconds, and repairs it."""
    from e2cnn import gspaces
    from e2cnn.kernels import irreps_basis, utils

    utils.np = Numpy1Array()
    for basis in (
        irreps_basis.R2FlipsSolution,
        irreps_basis.R2ContinuousRotationsSolution,
        irreps_basis.R2FlipsDiscreteRotationsSolution,
        irreps_basis.R2FlipsContinuousRotationsSolution,
    ):
        basis.__hash__ = _hash
    return gspaces
