"""The task of a model."""

from __future__ import annotations

from dataclasses import dataclass

from ..symmetry import SYMMETRY_OF_GROUP, Shape
from .layers.box import check_boundary


@dataclass(frozen=True, kw_only=True)
class Task:
    """Describes a task: from ``history`` velocity frames ``[B, T, 2, X, Y]`` to the next frame, or its increment,
    ``[B, 2, X, Y]``.

    Velocity comes divided by the data's root mean square. With ``predicts="increment"`` the next frame is the last one
    plus the model's output times (rms of the data's one-step change) / (rms of its velocity), so that input and output
    are both of order one.

    Args:
        history: number of input frames.
        shape: cells along x and y.
        group: name of the group whose symmetry the data has approximately, a key of ``SYMMETRY_OF_GROUP``.
        boundary: kind of wall along x and y: ``closed``, ``periodic``, ``open`` or ``half-open``, closed below and
            open above. Models pad accordingly: circular where the box is periodic, zeros elsewhere.
        predicts: ``increment`` or ``frame``.
        increment_scale: (rms of the data's one-step change) / (rms of its velocity), for models that need to know.

    Raises:
        ValueError: naming the argument that is wrong.
    """

    history: int
    shape: Shape
    group: str
    boundary: tuple[str, str] = ("closed", "closed")
    predicts: str = "increment"
    increment_scale: float = 1.0

    def __post_init__(self):
        if self.history < 1:
            raise ValueError(f"history: expected at least 1 frame, got {self.history}")
        if len(self.shape) != 2 or min(self.shape) < 1:
            raise ValueError(f"shape: expected two positive numbers of cells, got {self.shape}")
        if self.group not in SYMMETRY_OF_GROUP:
            raise ValueError(f"group: expected one of {', '.join(SYMMETRY_OF_GROUP)}, got {self.group!r}")
        check_boundary(self.boundary)
        if self.predicts not in ("increment", "frame"):
            raise ValueError(f"predicts: expected 'increment' or 'frame', got {self.predicts!r}")
        if not self.increment_scale > 0:
            raise ValueError(f"increment_scale: expected a positive number, got {self.increment_scale}")

    @property
    def symmetry(self) -> str:
        """``rotation``, ``reflection``, ``translation`` or ``scaling``."""
        return SYMMETRY_OF_GROUP[self.group]
