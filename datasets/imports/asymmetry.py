"""The statistical asymmetry of data that no simulator can restart."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from ...symmetry import Element, probes
from ..recipes import FOLDER_OF_SPLIT, DataError, Imported, file_names
from ..store import decode, read_bytes, read_manifest


def measure_asymmetry(path: Path | str) -> float:
    """Computes the statistical asymmetry of an imported data set from its files; see :func:`asymmetry`.

    Raises:
        DataError: a file is missing or damaged, or the data are simulated: those have an ``EE_n``, see ``measure``.
    """
    manifest = read_manifest(path)
    if not isinstance(manifest.recipe, Imported):
        raise DataError(f"expected imported data in {path}, got simulated ones, whose equivariance error is known")
    return asymmetry_of_files(Path(path), manifest.recipe, manifest.files)


def asymmetry_of_files(folder: Path, imported: Imported, files: dict[str, str]) -> float:
    """Computes :func:`asymmetry` over all frames of all splits, one file in memory at a time."""
    names = [name for split in FOLDER_OF_SPLIT for name in file_names(imported, split)]
    parts = (decode(read_bytes(folder / name, files[name]), str(folder / name)).velocity for name in names)
    mean, covariance = moments(torch.from_numpy(part).flatten(0, 1) for part in parts)
    return asymmetry(mean, covariance, probes(imported.group, imported.shape))


def moments(parts: Iterable[Tensor]) -> tuple[Float[Tensor, "2 X Y"], Float[Tensor, "2 2 X Y"]]:
    """Computes the mean velocity in each cell, and the covariance of its components, over frames ``[T, 2, X, Y]``."""
    count, total, squares = 0, torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for part in parts:
        frames = part.double()
        count = count + len(frames)
        total = total + frames.sum(0)
        squares = squares + torch.einsum("tixy,tjxy->ijxy", frames, frames)
    mean = total / count
    return mean, squares / count - mean[:, None] * mean


def asymmetry(mean: Float[Tensor, "2 X Y"], covariance: Float[Tensor, "2 2 X Y"], elements: Iterable[Element]) -> float:
    """Measures the distance between the statistics of the data and of the moved data, relative to the velocity::

        A^2 = mean_(g,p) d^2(p) / mean_p <|u|^2>
        d^2 = |m - g m|^2 + tr C + tr g C - 2 tr (C g C)^(1/2)

    with the mean ``m(p)`` and the covariance ``C(p)`` of the velocity in each cell, ``g C = R C(g^-1 p) R^T``. ``d`` is
    the Frechet distance of two normal distributions (Dowson, Landau, J. Multivar. Anal. 12, 1982). For 2 x 2 matrices
    ``tr M^(1/2) = (tr M + 2 (det M)^(1/2))^(1/2)``.

    This is *not* the equivariance error ``EE_n`` of simulated data, and is on another scale: it compares where the
    flow goes on average, not how it evolves. It is 0 where ``g`` does not change mean and covariance, and 2, the most
    that turns, mirrors and shifts can give, for a steady flow that ``g`` reverses. Correlations between cells do not
    enter, and a symmetric flow that was observed for a short time only has an asymmetry above 0.

    Raises:
        ValueError: nothing moves at all.
    """
    size = (mean.square().sum(0) + _trace(covariance)).mean()
    if not size > 0:
        raise ValueError("expected a flow, got velocity 0 everywhere")
    squares = [_frechet(mean, covariance, element).mean() for element in elements]
    return (sum(squares) / len(squares) / size).sqrt().item()


def _frechet(mean: Tensor, covariance: Tensor, element: Element) -> Float[Tensor, "X Y"]:
    """Computes ``d^2`` of :func:`asymmetry`; negative values from rounding become 0."""
    turned = element.direction(element.vector(covariance).movedim(0, -1)).movedim(-1, 0)
    product = torch.einsum("ijxy,jixy->xy", covariance, turned)
    determinants = _determinant(covariance).clamp(min=0) * _determinant(turned).clamp(min=0)
    root = (product + 2 * determinants.sqrt()).clamp(min=0).sqrt()
    distance = (mean - element.vector(mean)).square().sum(0) + _trace(covariance) + _trace(turned) - 2 * root
    return distance.clamp(min=0)


def _trace(matrix: Float[Tensor, "2 2 X Y"]) -> Float[Tensor, "X Y"]:
    return matrix[0, 0] + matrix[1, 1]


def _determinant(matrix: Float[Tensor, "2 2 X Y"]) -> Float[Tensor, "X Y"]:
    return matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
