"""Layers with weights for each place of one grid."""

from __future__ import annotations

from torch import Tensor


def check_grid(fields: Tensor, shape: tuple[int, ...]) -> None:
    """Raises ``ValueError`` unless the fields live on the grid ``(X, Y)``."""
    if tuple(fields.shape[-2:]) != tuple(shape):
        expected, got = (" x ".join(map(str, sides)) for sides in (shape, fields.shape[-2:]))
        raise ValueError(f"fields: expected a grid of {expected} cells, got {got}")
