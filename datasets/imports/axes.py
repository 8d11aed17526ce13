"""A check that the two axes of a grid are in the stated order."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

MUCH_SMALLER = 1 / 3
"""Smoke plumes of 16 to 64 cells a side diverge 8 to 28 times as much in the wrong order; noise the same in both."""


def mean_divergence(velocity: Float[Tensor, "*N 2 X Y"]) -> float:
    """Computes ``mean |d vx / dx + d vy / dy|`` over the inner cells, by central differences."""
    along_x = (velocity[..., 0, 2:, 1:-1] - velocity[..., 0, :-2, 1:-1]) / 2
    along_y = (velocity[..., 1, 1:-1, 2:] - velocity[..., 1, 1:-1, :-2]) / 2
    return (along_x + along_y).abs().mean().item()


def axes_warning(velocity: Float[Tensor, "*N 2 X Y"], axes: str) -> str:
    """Suggests, in one line, the other order of ``axes``, ``xy`` or ``yx``, if the flow diverges less than a third as
    much with it; empty if not. The components stay ``(vx, vy)`` in both."""
    given, other = mean_divergence(velocity), mean_divergence(velocity.mT)
    if not other < MUCH_SMALLER * given:
        return ""
    better = {"xy": "yx", "yx": "xy"}[axes]
    return (
        f"the flow has a mean divergence of {given:.2g} with axes {axes} and {other:.2g} with {better}: is it {better}?"
    )
