"""The task of a model."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ..symmetry import SYMMETRY_OF_GROUP, Element, Shape
from .layers.box import check_boundary

ENVIRONMENT = {"force": "vector", "drag": "scalar", "openness": "scalar"}
"""Fields that hold what the law adds to the symmetric one, in the order of their channels: force per buoyancy, share of
the velocity that is lost in a step, and how much more open walls are. They move with the flow when a group acts."""


ENVIRONMENT_CHANNELS = sum(2 if kind == "vector" else 1 for kind in ENVIRONMENT.values())


def moved_environment(element: Element, environment: Float[Tensor, "B E X Y"]) -> Float[Tensor, "B E X2 Y2"]:
    """Applies ``g`` to ``e``: the force turns with its place, the scalars move."""
    force, scalars = environment.split((2, ENVIRONMENT_CHANNELS - 2), 1)
    return torch.cat((element.vector(force), element.scalar(scalars)), 1)


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
        has_environment: whether the data store the fields of :data:`ENVIRONMENT`, as those of onset scenarios do. A
            model that sets ``informed = True`` is given them.
        increment_scale: (rms of the data's one-step change) / (rms of its velocity), for models that need it.

    Raises:
        ValueError: naming the argument that is wrong.
    """

    history: int
    shape: Shape
    group: str
    boundary: tuple[str, str] = ("closed", "closed")
    predicts: str = "increment"
    increment_scale: float = 1.0
    has_environment: bool = False

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
