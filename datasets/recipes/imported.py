"""The origin of data that were not simulated here, in place of a recipe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ...simulators import Box
from ...symmetry import SYMMETRY_OF_GROUP, Shape
from .source import DataSource

WALLS = ("closed", "open", "periodic")
PREFIX = "imported-"
"""Beginning of the name of every scenario of imported data, and of no other."""


@dataclass(frozen=True, kw_only=True)
class Imported(DataSource):
    """Describes data that :func:`~..imports.importing.import_tensors` made from files of others. It takes the place of
    a recipe: each import is a scenario of its own, with a single strength.

    Attributes:
        name: name of the data set; letters, digits, ``-``, ``_`` and ``.``.
        source: SHA-256 of the files that it was read from.
        shape: grid, ``(X, Y)``.
        boundary: walls per axis, as far as they are known.
        group: name of the group in which the flow is roughly symmetric. Where the grid has unequal sides, only those of
            its elements count that map the grid onto itself.
        axes: order of the axes in the source, ``xy`` or ``yx``; here it is ``xy``.
        train, valid, test, train_frames, valid_frames, future_frames: see :class:`~.source.DataSource`.

    Raises:
        ValueError: an invalid name, wall or group, or quarter turns between walls of two kinds.
    """

    name: str
    source: str
    shape: Shape
    boundary: tuple[str, str]
    group: str
    axes: str
    train: int
    valid: int
    test: int
    train_frames: int
    valid_frames: int
    future_frames: int

    is_simulated: ClassVar[bool] = False

    def __post_init__(self):
        object.__setattr__(self, "scenario", f"{PREFIX}{self.name}")
        object.__setattr__(self, "strength", 1.0)  # the data as they are: there is no knob
        if not re.fullmatch(r"\w[\w.-]*", self.name, re.ASCII):
            raise ValueError(f"expected a name of letters, digits, -, _ and ., got {self.name!r:.80}")
        if self.group not in SYMMETRY_OF_GROUP:
            raise ValueError(f"expected one of the groups {', '.join(SYMMETRY_OF_GROUP)}, got {self.group!r:.80}")
        walls = " and ".join(self.boundary)
        if not set(self.boundary) <= set(WALLS):
            raise ValueError(f"expected the walls to be of {', '.join(WALLS)}, got {walls}")
        if self.symmetry == "rotation" and self.boundary[0] != self.boundary[1]:
            raise ValueError(f"expected the same walls along x and y for {self.group}, got {walls}")

    @property
    def symmetry(self) -> str:
        return SYMMETRY_OF_GROUP[self.group]

    @property
    def box(self) -> Box:
        return Box(self.shape, self.boundary)

    @property
    def onset(self) -> None:
        """None, because it is not known when the flow began."""
        return None

    @property
    def orbit(self) -> int:
        """0, because the data cannot be moved and simulated further."""
        return 0

    @property
    def label(self) -> str:
        """Name of the scenario alone, because imported data have no strength."""
        return self.scenario

    @property
    def revision(self) -> int:
        """Always 1, because the files do not change."""
        return 1

    def frame_name(self, frame: int) -> str:
        """Numbers frames from 1, because it is not known when the flow began."""
        return f"frame {1 + frame}"

    def folder(self, data_dir: Path | str) -> Path:
        return Path(data_dir) / self.scenario / self.hash

    def parameters(self) -> dict[str, float]:
        """Returns the simulation parameters in the sense of The Well's format: none, because none are known."""
        return {}
