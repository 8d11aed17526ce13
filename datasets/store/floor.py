"""The least error that a strictly equivariant network can have on whole orbits, from the simulator alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ...symmetry import Element
from ..recipes import Recipe, file_names, orbit_elements
from .files import read_bytes
from .well import decode


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Bounds the error of every strict network, by the number ``n`` of steps after the onset, from 1.

    Attributes:
        rmse: ``floor_n``, in cells per step: ``sqrt(mean_x Var_g[g^-1 F^n(g x)])``.
        relative_l2: the same for the relative error of whole orbits, see :func:`floor_of`.
        change: ``change_n``, the rms of ``F^n(x) - x``, in cells per step.
    """

    rmse: tuple[float, ...]
    relative_l2: tuple[float, ...]
    change: tuple[float, ...]


def floor_of(
    after: Float[Tensor, "O G N 2 X Y"], start: Float[Tensor, "O G 2 X Y"], elements: Sequence[Element]
) -> Floor:
    """Computes the floor of whole orbits in double precision::

        floor_n^2      = mean_x mean_g |g^-1 F^n(g x) - m_n(x)|^2,   m_n(x) = mean_g g^-1 F^n(g x)
        relative_L2_n  = mean_x sqrt(sum_g |g^-1 F^n(g x) - m_n(x)|^2 / sum_g |F^n(g x)|^2)

    with ``|.|^2`` the mean over components and cells.

    1. A strict network predicts ``f^n(g x) = g f^n(x)``, so that ``|f^n(g x) - F^n(g x)| = |f^n(x) - g^-1 F^n(g x)|``,
       because ``g`` is an isometry.
    2. The mean over ``g`` of the squared distance from one point to several is smallest at their mean ``m_n(x)``.
    3. So the squared error of each orbit is at least its variance, whatever the network, its size and its training; and
       so is its quotient by the energy of the orbit, which no network changes.

    Args:
        after: ``F^n(g x)`` for ``n = 1 ... N``.
        start: ``g x``.
        elements: ``g``, the identity among them; of a subgroup, the members of these elements alone.
    """
    after, start = after.double(), start.double()
    back = torch.stack([g.inverse().vector(after[:, i]) for i, g in enumerate(elements)], 1)
    cells = (-3, -2, -1)
    variance = (back - back.mean(1, keepdim=True)).square().mean(cells).mean(1)
    energy = after.square().mean(cells).mean(1)
    change = (after - start[:, :, None]).square().mean(cells).mean((0, 1)).sqrt()
    return Floor(
        rmse=tuple(variance.mean(0).sqrt().tolist()),
        relative_l2=tuple((variance / energy).sqrt().mean(0).tolist()),
        change=tuple(change.tolist()),
    )


def floor_of_files(folder: Path, recipe: Recipe, files: dict[str, str]) -> Floor | None:
    """Computes :func:`floor_of` the stored split ``orbit``, over all steps after the onset; None if there is none."""
    if recipe.orbit == 0 or recipe.onset is None:
        return None
    names = file_names(recipe, "orbit")
    parts = [decode(read_bytes(folder / name, files[name]), str(folder / name)).velocity for name in names]
    elements = orbit_elements(recipe)
    frames = torch.from_numpy(np.concatenate(parts)).unflatten(0, (-1, len(elements)))
    return floor_of(frames[:, :, recipe.onset + 1 :], frames[:, :, recipe.onset], elements)


def as_lists(floor: Floor) -> dict[str, list[float]]:
    """Writes the floor as the manifest holds it."""
    return {name: list(values) for name, values in asdict(floor).items()}
